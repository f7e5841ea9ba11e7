import type { DnAgentParts } from './agent-parts.js';
import { activated, type Member, type RecordView } from './epoch-record.js';
import type { ProposerHost } from './proposer.js';
import {
  NO_EVIDENCE,
  TRANSITION_TIMES,
  releaseOf,
  withHealth,
  withNote,
  withPods,
  type Evidence,
  type Release,
} from './transition.js';

/** A member that has not answered for so long is looked for in the store and in Kubernetes. */
const SILENT_MS = 500;
const NOTE_EVERY_MS = 250;
const LIST_EVERY_MS = 1000;
const RETRY_MS = 200;

/** From the best to the worst. */
const RELEASES: readonly Release[] = ['stopped', 'dead', 'lapsed'];

/**
 * Completes a transition: gathers proof that no member of the ending epoch can serve any more,
 * then activates the next one. The proposer does so at once; every other node that has watched the
 * same record for too long takes over.
 */
export class TransitionDriver {
  private epoch = 0;
  private seenAt = 0;
  private etag = '';
  private etagAt = 0;
  private readonly evidence = new Map<string, Evidence>();
  private readonly asking = new Set<string>();
  private readonly notedAt = new Map<string, number>();
  private listedAt = 0;
  private activating = false;
  private retryAt = 0;
  /** This node is completing the present transition. */
  driving = false;

  constructor(
    private readonly parts: DnAgentParts,
    private readonly host: ProposerHost,
  ) {}

  /** @param rank this node's turn to take over */
  tick(view: RecordView, rank: number): void {
    const now = this.parts.clock.monotonic();
    this.notice(view, now);
    const times = this.parts.times ?? TRANSITION_TIMES;
    const isMine = view.record.by === this.parts.self.boot;
    const lost = now - this.etagAt >= times.takeOverMs + rank * times.rankStepMs;
    this.driving = isMine || lost;
    if (!this.driving || this.activating || now < this.retryAt) return;
    const open = view.record.members.filter((member) => this.release(member, now) === null);
    if (open.length === 0) void this.activate(view);
    else for (const member of open) this.gather(view, member, now);
  }

  private notice({ record, etag }: RecordView, now: number): void {
    if (record.epoch !== this.epoch) {
      this.epoch = record.epoch;
      this.seenAt = now;
      this.notedAt.clear();
    }
    if (etag !== this.etag) {
      this.etag = etag;
      this.etagAt = now;
      this.evidence.clear();
    }
  }

  private of(member: Member): Evidence {
    return this.evidence.get(member.boot) ?? NO_EVIDENCE;
  }

  private release(member: Member, now: number): Release | null {
    const decide = this.parts.releaseOf ?? releaseOf;
    const when = { seenAt: this.seenAt, now };
    return decide(member, this.of(member), when, this.parts);
  }

  private gather(view: RecordView, member: Member, now: number): void {
    const pods = this.parts.discovery.view()?.pods ?? [];
    this.evidence.set(member.boot, withPods(this.of(member), member, pods));
    void this.ask(view, member);
    const heardAt = Math.max(this.of(member).answeredAt, this.etagAt);
    if (member.ip === this.parts.self.ip || now - heardAt < SILENT_MS) return;
    if (now - (this.notedAt.get(member.boot) ?? 0) >= NOTE_EVERY_MS) {
      this.notedAt.set(member.boot, now);
      void this.readNote(view, member);
    }
    if (now - this.listedAt >= LIST_EVERY_MS) {
      this.listedAt = now;
      void this.parts.discovery.list().catch(() => undefined);
    }
  }

  private async ask({ etag }: RecordView, member: Member): Promise<void> {
    const { peers, self, clock } = this.parts;
    const key = `${etag} ${member.boot}`;
    if (this.asking.has(key)) return;
    this.asking.add(key);
    const isSelf = member.ip === self.ip;
    const report = isSelf ? this.host.report() : await peers.health(member.ip);
    this.asking.delete(key);
    if (report === null || etag !== this.etag) return;
    const now = clock.monotonic();
    this.evidence.set(member.boot, withHealth(this.of(member), member, report, { etag, now }));
    // It answers and does not know yet: a hint may have been lost.
    if (report.phase === 'SERVING' || report.phase === 'SUSPENDED') peers.hint([member.ip]);
  }

  private async readNote({ etag, record }: RecordView, member: Member): Promise<void> {
    const note = await this.parts.epochs.readNote(record.epoch, member.boot).catch(() => null);
    if (note === null || etag !== this.etag) return;
    const now = this.parts.clock.monotonic();
    this.evidence.set(member.boot, withNote(this.of(member), note, { etag, now }));
  }

  private async activate(view: RecordView): Promise<void> {
    const { parts, host } = this;
    const { record, etag } = view;
    this.activating = true;
    const now = parts.clock.monotonic();
    const releases = record.members.map((member) => this.release(member, now));
    const next = activated(record, host.author());
    const outcome = await host.swap(etag, next);
    this.activating = false;
    this.retryAt = parts.clock.monotonic() + RETRY_MS;
    if (outcome !== 'won') return;
    const everyone = new Set([...record.members, ...next.members].map((member) => member.ip));
    parts.peers.hint([...everyone].filter((ip) => ip !== parts.self.ip));
    const tookMs = Math.round(parts.clock.monotonic() - this.seenAt);
    parts.log('activated', {
      epoch: next.epoch,
      fp: next.fingerprint,
      tookMs,
      reason: reasonOf(record.members, next.members),
      releasedBy: RELEASES.findLast((release) => releases.includes(release)) ?? 'none',
    });
    for (const { boot } of record.members) {
      void parts.epochs.removeNote(record.epoch, boot).catch(() => undefined);
    }
  }
}

/** What changed between two lists. */
function reasonOf(
  before: readonly Member[],
  after: readonly Member[],
): 'join' | 'leave' | 'replace' | 'restart' {
  const old = new Set(before.map((member) => member.ip));
  const next = new Set(after.map((member) => member.ip));
  const joined = after.some((member) => !old.has(member.ip));
  const left = before.some((member) => !next.has(member.ip));
  if (joined && left) return 'replace';
  if (joined) return 'join';
  return left ? 'leave' : 'restart';
}
