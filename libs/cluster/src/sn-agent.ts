import { sleep, type CancelTimer } from '#storage';
import type { AgentParts } from './agent-parts.js';
import { eligiblePods } from './eligibility.js';
import { nodeMapOf } from './epoch-record.js';
import { mapFingerprint } from './fingerprint.js';
import type { RecordSighting } from './membership.js';
import type { MembershipView, PublicState } from './membership-view.js';
import { NodeMap } from './node-map.js';
import { RecordReader } from './record-reader.js';
import {
  STARTING_SN,
  routesAlike,
  seeSighting,
  snPublicState,
  type HeardHealth,
  type SnState,
} from './sn-membership.js';

const BEAT_MS = 100;
const PING_EVERY_MS = 1000;
const READ_EVERY_MS = 2000;
/** Reads that requests ask for are at least this far apart. */
const READ_GAP_MS = 50;

export interface SnAgentParts extends AgentParts {
  /** Port of every data node. */
  readonly dnPort: number;
}

/** A service node's view of the cluster: routes by the record, pings the data nodes. */
export class SnAgent implements MembershipView {
  private known: SnState = STARTING_SN;
  private map = new NodeMap(0, '', []);
  private lastState: PublicState = 'INITIALIZING';
  private readonly health = new Map<string, HeardHealth>();
  private readonly pinging = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private readonly reader: RecordReader;
  private refreshing: Promise<void> | null = null;
  private readAt = Number.NEGATIVE_INFINITY;
  private sentAt = Number.NEGATIVE_INFINITY;
  private pingAt = Number.NEGATIVE_INFINITY;
  private cancelBeat: CancelTimer = () => undefined;

  constructor(private readonly parts: SnAgentParts) {
    this.reader = new RecordReader(
      parts.epochs,
      parts.clock,
      (sighting) => {
        this.see(sighting);
      },
      (error) => {
        parts.log('record-unread', { error: String(error) });
      },
    );
  }

  start(): void {
    this.parts.discovery.start();
    this.parts.discovery.onChange(() => {
      this.announce(false);
    });
    this.beat();
  }

  stop(): void {
    this.cancelBeat();
    this.parts.discovery.stop();
  }

  /** SIGTERM: the node finishes what it has. */
  terminate(): void {
    this.known = { ...this.known, leaving: true };
    this.announce(false);
  }

  current(): NodeMap {
    return this.map;
  }

  get ready(): boolean {
    return this.map.size > 0;
  }

  get state(): PublicState {
    const { clock, clusterId, discovery, selector } = this.parts;
    const pods = discovery.view()?.pods ?? null;
    const ips = pods && eligiblePods(pods, selector, clock.now()).map((pod) => pod.ip);
    const listed = ips && mapFingerprint(clusterId, ips);
    return snPublicState(this.known, listed, this.health, clock.monotonic());
  }

  /** Newest answers of the data nodes, by boot. */
  get answers(): ReadonlyMap<string, HeardHealth> {
    return this.health;
  }

  /** The newest record; null before the first. */
  get record(): SnState['view'] {
    return this.known.view;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  refresh(reason: string): Promise<void> {
    return (this.refreshing ??= this.refreshNow(reason).finally(() => {
      this.refreshing = null;
    }));
  }

  /** Somebody says that the record has changed. */
  hint(): void {
    void this.refresh('hint');
  }

  private async refreshNow(reason: string): Promise<void> {
    const { clock, log } = this.parts;
    const gap = this.sentAt + READ_GAP_MS - clock.monotonic();
    if (gap > 0) await sleep(clock, gap);
    log('refresh', { reason });
    await this.read();
  }

  private async read(): Promise<void> {
    this.sentAt = this.parts.clock.monotonic();
    await this.reader.read();
  }

  private see(sighting: RecordSighting): void {
    const before = this.known.view?.record;
    this.known = seeSighting(this.known, sighting);
    const record = this.known.view?.record;
    if (record === undefined) return;
    const isNew = before === undefined || !routesAlike(before, record);
    if (isNew) {
      this.map = nodeMapOf(record, this.parts.dnPort);
      this.parts.log('map', { epoch: record.epoch, fp: record.fingerprint, nodes: this.map.size });
      this.pingAt = Number.NEGATIVE_INFINITY;
    }
    this.announce(isNew);
  }

  private announce(mapChanged: boolean): void {
    const state = this.state;
    const changed = mapChanged || state !== this.lastState;
    this.lastState = state;
    if (changed) for (const listener of this.listeners) listener();
  }

  private beat(): void {
    const now = this.parts.clock.monotonic();
    if (now >= this.readAt) {
      const jitter = 0.8 + 0.4 * this.parts.random.next();
      const handingOver = this.known.view?.record.phase !== 'ACTIVE';
      this.readAt = now + (handingOver ? BEAT_MS : READ_EVERY_MS * jitter);
      void this.read();
    }
    if (now >= this.pingAt) {
      this.pingAt = now + PING_EVERY_MS;
      for (const node of this.map.nodes) void this.ping(node.ip);
    }
    this.announce(false);
    this.cancelBeat = this.parts.clock.after(BEAT_MS, () => {
      this.beat();
    });
  }

  private async ping(ip: string): Promise<void> {
    if (this.pinging.has(ip)) return;
    this.pinging.add(ip);
    const report = await this.parts.peers.health(ip);
    this.pinging.delete(ip);
    if (report === null) return;
    this.health.set(report.boot, { report, at: this.parts.clock.monotonic() });
    this.forgetOthers();
    const record = this.known.view?.record;
    if (report.epoch > (record?.epoch ?? 0) || report.phase === 'DRAINING') this.hint();
    this.announce(false);
  }

  /** Keeps the answers of present members only. */
  private forgetOthers(): void {
    const boots = new Set(this.map.nodes.map((node) => node.boot));
    for (const boot of this.health.keys()) if (!boots.has(boot)) this.health.delete(boot);
  }
}
