/** Small duties of a data node beside serving, each looked at on every beat. */
import type { DnAgentParts } from './agent-parts.js';
import { eligiblePods } from './eligibility.js';
import { withMember, type Member } from './epoch-record.js';
import { EXIT_FENCED, ownMember, type DnState } from './membership.js';
import type { ProposerHost } from './proposer.js';
import { rejoin } from './transition.js';

const NOTE_EVERY_MS = 1000;
/** A proposer that reaches the node has usually finished before this. */
const NOTE_STOPPED_AFTER_MS = 300;
/** A node cut off from the store, while its peers are not, gives up its place after so long. */
const CUT_OFF_MS = 15_000;
const ASK_PEERS_EVERY_MS = 1000;

/** Member-scoped restart: takes over the entry that a former process of this address has left. */
export class Rejoiner {
  private announcedAt: number | null = null;
  private swapping = false;

  constructor(
    private readonly parts: DnAgentParts,
    private readonly host: ProposerHost,
  ) {}

  async tick(now: number): Promise<void> {
    const state = this.host.state();
    const { stage, view, self, leaving } = state;
    if (stage !== 'JOINING' || leaving || this.swapping || view?.record.phase !== 'ACTIVE') return;
    const own = ownMember(state, view.record);
    const isAnnounced = own?.boot === self.boot && own.recovering === true;
    this.announcedAt = isAnnounced ? (this.announcedAt ?? now) : null;
    const what = rejoin(own, self, { announcedAt: this.announcedAt, now }, this.parts.lease);
    if (what === 'none' || what === 'wait') return;
    this.swapping = true;
    if (what !== 'announce' || (await this.isListed())) {
      const entry = this.entry(own);
      const member: Member = what === 'announce' ? { ...entry, recovering: true } : entry;
      await this.host.swap(view.etag, withMember(view.record, member, this.host.author()));
      this.parts.log('rejoin', { what, epoch: view.record.epoch });
    }
    this.swapping = false;
  }

  /**
   * Of two processes with one address, a pod that was deleted by force and its successor, only one
   * is in the list: without this they would take the entry from each other for ever.
   */
  private async isListed(): Promise<boolean> {
    const { discovery, selector, clock, self } = this.parts;
    try {
      const { pods } = await discovery.list();
      return eligiblePods(pods, selector, clock.now()).some(({ uid }) => uid === self.uid);
    } catch {
      return false;
    }
  }

  private entry(own: Member | undefined): Member {
    const { ip, uid, boot, startedAt } = this.parts.self;
    const pod = this.parts.discovery.view()?.pods.find((one) => one.uid === uid);
    return { ip, uid, boot, startedAt, restarts: pod?.restarts ?? own?.restarts ?? 0 };
  }
}

/** Notes in the store, for proposers that cannot reach this node. */
export class StopNotes {
  private notedAt = Number.NEGATIVE_INFINITY;
  private noted = '';
  private since = 0;
  private sinceWhat = '';

  constructor(private readonly parts: DnAgentParts) {}

  tick(now: number, { stage, view, epoch, self }: DnState, countDirty: () => number): void {
    if (view?.record.phase !== 'TRANSITION' || view.record.epoch !== epoch) return;
    const stopped = stage === 'STOPPED';
    if (!stopped && stage !== 'DRAINING') return;
    const what = `${view.etag} ${stage}`;
    if (what !== this.sinceWhat) {
      this.sinceWhat = what;
      this.since = now;
    }
    const due = stopped
      ? this.noted !== what && now >= this.since + NOTE_STOPPED_AFTER_MS
      : now >= Math.max(this.since, this.notedAt) + NOTE_EVERY_MS;
    if (!due) return;
    this.notedAt = now;
    this.noted = what;
    const note = { etag: view.etag, stopped, dirtyObjects: countDirty() };
    this.parts.epochs.writeNote(epoch, self.boot, note).catch(() => {
      this.noted = '';
    });
  }
}

/** The store answers the others but not this node: its objects are better served elsewhere. */
export class CutOff {
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: DnAgentParts) {}

  /** @param leasedAt when the last lease began, monotonic ms; later by the time it stood still */
  async tick(now: number, leasedAt: number, state: () => DnState): Promise<void> {
    const { stage, view, self, epoch } = state();
    if (stage !== 'SERVING' || now - leasedAt <= CUT_OFF_MS) return;
    if (now - this.askedAt < ASK_PEERS_EVERY_MS) return;
    this.askedAt = now;
    const others = view?.record.members.filter((member) => member.boot !== self.boot) ?? [];
    const reports = await Promise.all(others.map(({ ip }) => this.parts.peers.health(ip)));
    const healthy = reports.some((report) => report?.epoch === epoch && report.leaseMs > 0);
    const still = state().stage === 'SERVING' && state().viewAt <= leasedAt + CUT_OFF_MS;
    if (healthy && still) {
      this.parts.exit(EXIT_FENCED, 'cut off from the store while other data nodes are not');
    }
  }
}
