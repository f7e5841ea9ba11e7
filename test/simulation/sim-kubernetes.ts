import { Machine } from './process.js';
import { SimPodServer } from './sim-pods.js';
import type { SimDn } from './sim-dn.js';
import type { World } from './world.js';

export const DN_LABELS = { app: 'hsds', component: 'dn' };

/** A pod with its kubelet: what is so, and (later) what the API is told. */
export interface SimPod {
  readonly name: string;
  readonly uid: string;
  readonly machine: Machine;
  readonly createdAt: number;
  ip: string;
  dn: SimDn | null;
  restarts: number;
  started: boolean;
  /** Wall ms of the machine */
  terminatedAt: number | null;
  lastTerminatedAt: number | null;
  deleting: boolean;
  /** The kubelet cannot report or act any more. */
  lost: boolean;
  /** Removed from the API. */
  gone: boolean;
  reportAt: number;
}

/** What starts the container of a pod. */
export type StartDn = (pod: SimPod) => SimDn;

const RESTART_DELAYS_MS = [50, 1000, 2000];
const GRACE_MS = 60_000;
/** Keeps messages of one sender in order: events of one instant come in any. */
const ORDER_MS = 0.01;

/** Deployment controller, kubelets and the API server of the data nodes' pods. */
export class SimKubernetes {
  readonly api: SimPodServer;
  readonly pods: SimPod[] = [];
  private created = 0;

  constructor(
    private readonly world: World,
    private readonly start: StartDn,
  ) {
    this.api = new SimPodServer(world);
  }

  /** Pods whose place is not given up. */
  get live(): SimPod[] {
    return this.pods.filter((pod) => !pod.deleting && !pod.lost && !pod.gone);
  }

  /** Creates and deletes pods until there are so many. */
  scale(count: number): void {
    while (this.live.length < count) this.create();
    for (const pod of this.live.slice(count)) this.delete(pod);
  }

  /**
   * As a Deployment with a full surge: a new pod for each, and an old one goes when a new one has
   * started that is still wanted. Without new ones the old stay.
   */
  async roll(): Promise<void> {
    const { world } = this;
    const old = this.live;
    const fresh = old.map(() => this.create());
    const until = world.now + 30_000;
    const wanted = () => fresh.filter((pod) => this.live.includes(pod));
    while (!wanted().every((pod) => pod.started) && world.now < until) await world.sleep(200);
    await world.sleep(1000);
    const started = wanted().filter((pod) => pod.started).length;
    const replaced = old.filter((pod) => this.live.includes(pod)).slice(0, started);
    for (const pod of replaced) this.delete(pod);
  }

  create(): SimPod {
    const { world } = this;
    this.created += 1;
    const machine = new Machine(world);
    const pod: SimPod = {
      name: `dn-${this.created}`,
      uid: `uid-${this.created}`,
      machine,
      createdAt: machine.wall(),
      ip: '',
      dn: null,
      restarts: 0,
      started: false,
      terminatedAt: null,
      lastTerminatedAt: null,
      deleting: false,
      lost: false,
      gone: false,
      reportAt: 0,
    };
    this.pods.push(pod);
    this.report(pod, 0);
    world.after(world.random.between(100, 500), () => {
      if (pod.gone || pod.deleting) {
        this.finish(pod);
        return;
      }
      pod.ip = this.freeAddress();
      this.run(pod);
    });
    return pod;
  }

  /** Graceful: SIGTERM, then SIGKILL. */
  delete(pod: SimPod): void {
    if (pod.deleting || pod.gone) return;
    pod.deleting = true;
    this.report(pod, 0);
    const { world } = this;
    world.after(world.random.between(20, 500), () => {
      if (pod.dn === null) this.finish(pod);
      else pod.dn.terminate();
    });
    world.after(GRACE_MS, () => pod.dn?.process.kill());
  }

  /** The object is removed at once; the process may live on for ever. */
  forceDelete(pod: SimPod): void {
    pod.gone = true;
    this.api.remove(pod.uid);
  }

  /** Power loss of the machine: nobody reports it; the pod is given up later. */
  lose(pod: SimPod, noticedAfterMs: number): void {
    pod.lost = true;
    pod.dn?.process.kill();
    this.world.after(noticedAfterMs, () => {
      pod.deleting = true;
      this.put(pod);
      this.world.after(10_000, () => {
        this.forceDelete(pod);
      });
    });
  }

  private run(pod: SimPod): void {
    const dn = this.start(pod);
    pod.dn = dn;
    pod.started = false;
    pod.terminatedAt = null;
    this.report(pod);
    dn.process.whenDead(() => {
      this.ended(pod, dn);
    });
    this.probe(pod, dn);
  }

  private probe(pod: SimPod, dn: SimDn): void {
    this.world.after(this.world.random.between(200, 1000), () => {
      if (!dn.process.alive || pod.dn !== dn) return;
      if (dn.process.stopped || !dn.started) this.probe(pod, dn);
      else {
        pod.started = true;
        this.report(pod);
      }
    });
  }

  private ended(pod: SimPod, dn: SimDn): void {
    if (pod.lost || pod.gone || pod.dn !== dn) return;
    pod.dn = null;
    pod.started = false;
    pod.lastTerminatedAt = pod.machine.wall();
    pod.terminatedAt = pod.lastTerminatedAt;
    if (pod.deleting) {
      this.report(pod);
      this.finish(pod);
      return;
    }
    this.report(pod);
    const delay = RESTART_DELAYS_MS[pod.restarts] ?? 3000;
    this.world.after(delay, () => {
      if (pod.deleting) this.finish(pod);
      if (pod.deleting || pod.gone) return;
      pod.restarts += 1;
      this.run(pod);
    });
  }

  private finish(pod: SimPod): void {
    if (pod.gone) return;
    this.world.after(this.world.random.between(100, 1500), () => {
      this.forceDelete(pod);
    });
  }

  /** The kubelet tells the API, in order, a moment later. */
  private report(pod: SimPod, lagMs = this.world.random.between(20, 800)): void {
    const object = this.describe(pod);
    pod.reportAt = Math.max(pod.reportAt + ORDER_MS, this.world.now + lagMs);
    this.world.after(pod.reportAt - this.world.now, () => {
      if (pod.gone || pod.lost) return;
      this.api.put(pod.deleting ? withDeletion(object) : object);
    });
  }

  private put(pod: SimPod): void {
    if (!pod.gone) this.api.put(withDeletion(this.describe(pod)));
  }

  private describe(pod: SimPod) {
    const running = pod.dn !== null && pod.terminatedAt === null;
    const status = {
      name: 'dn',
      started: pod.started,
      restartCount: pod.restarts,
      state: running ? { running: {} } : terminated(pod.terminatedAt),
      lastState: running ? terminated(pod.lastTerminatedAt) : {},
    };
    return {
      metadata: {
        name: pod.name,
        uid: pod.uid,
        labels: DN_LABELS,
        creationTimestamp: isoSeconds(pod.createdAt),
      },
      status: {
        phase: pod.ip === '' ? 'Pending' : 'Running',
        ...(pod.ip === '' ? {} : { podIP: pod.ip, containerStatuses: [status] }),
      },
    };
  }

  /** Addresses come back soon: also that of a process that nobody has told to end. */
  private freeAddress(): string {
    const taken = new Set(this.pods.filter((pod) => !pod.gone).map((pod) => pod.ip));
    const all = Array.from({ length: 14 }, (_, i) => `10.0.0.${i + 2}`);
    return this.world.random.pick(all.filter((ip) => !taken.has(ip)));
  }
}

function withDeletion<T extends { metadata: object }>(object: T) {
  const metadata = { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
  return { ...object, metadata } as T & { metadata: { uid: string } };
}

function terminated(at: number | null) {
  return at === null ? {} : { terminated: { finishedAt: isoSeconds(at) } };
}

function isoSeconds(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString();
}
