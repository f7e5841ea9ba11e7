import type { AgentParts, DnAgentParts } from './agent-parts.js';
import { eligiblePods, standing, type PodFacts } from './eligibility.js';
import {
  firstRecord,
  withNext,
  type EpochRecord,
  type Member,
  type RecordAuthor,
  type RecordView,
} from './epoch-record.js';
import type { HealthReport } from './health-report.js';
import type { DnState } from './membership.js';
import { planMembers, proposeAt, sameMembers, wish, type Wish } from './transition.js';
import { TRANSITION_TIMES } from './transition.js';
import { TransitionDriver } from './transition-driver.js';

/** After an attempt that changed nothing. */
const QUIET_MS = 1000;
/** A leaver whose list calls fail proposes without one after so long. */
const ALONE_AFTER_MS = 2000;
const AMENDMENTS_MAX = 3;

/** What the proposer asks of the agent that it belongs to. */
export interface ProposerHost {
  state(): DnState;
  report(): HealthReport;
  author(): RecordAuthor;
  /** A fresh read of the record; false when there was no answer. */
  refresh(): Promise<boolean>;
  /** Swaps the record and lets the agent see the outcome. */
  swap(etag: string | null, record: EpochRecord): Promise<'won' | 'conflict' | 'unknown'>;
}

/** Brings the record in line with the list of pods, when it is this node's turn. */
export class Proposer {
  private wished: Wish | null = null;
  private wishedFor = '';
  private quietUntil = 0;
  private busy = false;
  private amendments = { epoch: 0, count: 0 };
  private listFailedSince: number | null = null;
  private readonly driver: TransitionDriver;

  constructor(
    private readonly parts: DnAgentParts,
    private readonly host: ProposerHost,
  ) {
    this.driver = new TransitionDriver(parts, host);
  }

  /** A change of the map is due or under way: look often. */
  get active(): boolean {
    return this.host.state().view?.record.phase === 'TRANSITION' || this.pending;
  }

  /** The wished list differs from the record's. */
  get pending(): boolean {
    const { view, informed } = this.host.state();
    if (this.wished === null || !informed) return false;
    return proposeAt(this.wished, goalOf(view), this.parts.self.ip) < Number.POSITIVE_INFINITY;
  }

  /** Looks at pods and record and does what is due. */
  tick(): void {
    const { stage, view, informed, leaving } = this.host.state();
    const ends = stage === 'BOOTING' || stage === 'FENCED' || stage === 'GONE';
    if (ends || !informed) return;
    const now = this.parts.clock.monotonic();
    this.rewish(now, leaving, view);
    if (view?.record.phase === 'TRANSITION') this.driver.tick(view, this.rank());
    if (this.busy || this.wished === null || now < this.quietUntil) return;
    const amends = view?.record.phase === 'TRANSITION';
    if (amends && !(this.driver.driving && this.mayAmend(view.record.epoch))) return;
    const times = this.parts.times ?? TRANSITION_TIMES;
    if (now >= proposeAt(this.wished, goalOf(view), this.parts.self.ip, times)) {
      this.busy = true;
      void this.propose(view?.etag ?? null).finally(() => {
        this.busy = false;
      });
    }
  }

  private rank(): number {
    const ips = this.wished?.ips ?? [];
    const index = ips.indexOf(this.parts.self.ip);
    return index < 0 ? ips.length : index;
  }

  private mayAmend(epoch: number): boolean {
    return this.amendments.epoch !== epoch || this.amendments.count < AMENDMENTS_MAX;
  }

  private rewish(now: number, leaving: boolean, view: RecordView | null): void {
    const pods = this.parts.discovery.view()?.pods;
    if (pods === undefined && !leaving) return;
    const others = this.listed(pods ?? null, leaving, view);
    const wall = this.parts.clock.now();
    const { selector } = this.parts;
    const starting = (pods ?? []).some((pod) => standing(pod, selector, wall) === 'starting');
    // A new record begins a new comparison.
    const version = view?.etag ?? '';
    const before = this.wishedFor === version ? this.wished : null;
    const unchanged = before === null && sameList(this.wished, others) ? this.wished : before;
    this.wished = wish(unchanged, others, { starting, now });
    this.wishedFor = version;
    if (!this.pending) this.wished = { ...this.wished, differsSince: now };
  }

  /** Addresses that should be in the list. */
  private listed(
    pods: readonly PodFacts[] | null,
    leaving: boolean,
    view: RecordView | null,
  ): string[] {
    const { selector, clock, self } = this.parts;
    const alone = leaving && this.listIsDown();
    const known = (view?.record.next ?? view?.record)?.members.map((member) => member.ip) ?? [];
    const ips =
      pods === null || alone
        ? known
        : eligiblePods(pods, selector, clock.now()).map((pod) => pod.ip);
    return leaving ? ips.filter((ip) => ip !== self.ip) : ips;
  }

  private listIsDown(): boolean {
    if (this.listFailedSince === null) return false;
    return this.parts.clock.monotonic() - this.listFailedSince > ALONE_AFTER_MS;
  }

  /** Record, then pods, then health, then the swap: what is swapped in is newer than the record. */
  private async propose(decidedOn: string | null): Promise<void> {
    const { host, parts } = this;
    this.quietUntil = parts.clock.monotonic() + QUIET_MS * (0.5 + parts.random.next() / 2);
    if (!(await host.refresh())) return;
    const { view, leaving } = host.state();
    if ((view?.etag ?? null) !== decidedOn) {
      this.quietUntil = 0;
      return;
    }
    const old = view === null ? [] : [...(view.record.next?.members ?? []), ...view.record.members];
    const planned = await this.survey(old, leaving);
    if (planned === null) return;
    const goal = goalOf(view)?.record.members;
    if (goal !== undefined && sameMembers(planned, goal)) return;
    // An empty list is a wrong selector or a broken API, unless the last node is leaving.
    if (planned.length === 0 && !leaving) return;
    await this.swapIn(view, planned);
  }

  private async swapIn(view: RecordView | null, planned: readonly Member[]): Promise<void> {
    const { host, parts } = this;
    const author = host.author();
    const amends = view?.record.phase === 'TRANSITION';
    const record =
      view === null ? firstRecord(planned, author) : withNext(view.record, planned, author);
    const outcome = await host.swap(view?.etag ?? null, record);
    if (outcome !== 'won') return;
    this.quietUntil = 0;
    if (amends) {
      const { epoch } = record;
      const count = this.amendments.epoch === epoch ? this.amendments.count : 0;
      this.amendments = { epoch, count: count + 1 };
    }
    const everyone = new Set([...record.members, ...planned].map((member) => member.ip));
    parts.peers.hint([...everyone].filter((ip) => ip !== parts.self.ip));
    const { epoch, phase } = record;
    parts.log('proposed', { epoch, phase, members: planned.map((member) => member.ip) });
  }

  /** Members for the next epoch from a fresh list and fresh answers; null when there is no list. */
  private async survey(old: readonly Member[], leaving: boolean): Promise<Member[] | null> {
    const { parts } = this;
    const pods = await this.freshPods();
    if (pods === null) {
      if (!(leaving && this.listIsDown())) return null;
      return unique(old).filter((member) => member.ip !== parts.self.ip);
    }
    const eligible = eligiblePods(pods, parts.selector, parts.clock.now());
    const candidates = eligible.filter((pod) => !(leaving && pod.ip === parts.self.ip));
    const ips = candidates.map((pod) => pod.ip);
    const health = await askAll(parts, ips, this.host.report());
    const { clusterId } = parts;
    const plan = planMembers({ clusterId, pods: candidates, health, members: old });
    if (plan.unreachable.length > 0) parts.log('unreachable', { ips: plan.unreachable });
    return plan.members;
  }

  private async freshPods(): Promise<readonly PodFacts[] | null> {
    try {
      const { pods } = await this.parts.discovery.list();
      this.listFailedSince = null;
      return pods;
    } catch (error) {
      this.listFailedSince ??= this.parts.clock.monotonic();
      this.parts.log('list-failed', { error: String(error) });
      return null;
    }
  }
}

/** What the wish is compared with: the list that is being changed to, or the present one. */
function goalOf(view: RecordView | null): RecordView | null {
  const next = view?.record.next;
  return view === null || next === null || next === undefined
    ? view
    : { ...view, record: { ...view.record, ...next } };
}

function sameList(before: Wish | null, ips: readonly string[]): boolean {
  return before?.ips.join(' ') === ips.join(' ');
}

function unique(members: readonly Member[]): Member[] {
  return [...new Map(members.map((member) => [member.ip, member] as const).reverse()).values()];
}

/** Health of many nodes at once; this node's own without asking. */
async function askAll(
  parts: AgentParts & { readonly self: { readonly ip: string } },
  ips: readonly string[],
  own: HealthReport,
): Promise<Map<string, HealthReport>> {
  const answers = await Promise.all(
    ips.map(async (ip) => {
      const report = ip === parts.self.ip ? own : await parts.peers.health(ip);
      return report === null ? [] : [[ip, report] as const];
    }),
  );
  return new Map(answers.flat());
}
