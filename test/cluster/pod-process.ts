/** One pod: its API object and the process of its one container, kept by a stand-in kubelet. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { request } from 'undici';
import { kubernetesTime, type PodObject, type PodRegistry } from './pod-registry.js';

/** What a container runs and how it is looked after; times in ms. */
export interface PodSpec {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the container. */
  readonly container: string;
  /** The pod's address, as the others know it. */
  readonly ip: string;
  /** Where the container's probes are sent: not through links that tests cut. */
  readonly probeOrigin: string;
  readonly main: string;
  readonly env: (uid: string) => Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly graceMs: number;
  /** Between the deletion and SIGTERM. */
  readonly preStopMs: number;
}

interface Ended {
  readonly exitCode: number;
  readonly signal: string | null;
  readonly finishedAt: number;
}

const PROBE_EVERY_MS = 500;
const PROBE_TIMEOUT_MS = 2000;
const PROBE_FAILURES_MAX = 3;
/** A kubelet sees the end of a container, and starts it again, after about so long. */
const RESTART_MS = 500;
/** From the second crash on. */
const BACK_OFF_MS = 10_000;

/** A pod from its creation to its removal from the API. */
export class PodProcess {
  readonly uid = randomUUID();
  private readonly createdAt = Date.now();
  private child: ChildProcess | null = null;
  private startedAt = 0;
  private started = false;
  private isReady = false;
  private readied = false;
  private restarts = 0;
  /** Crashes that the back-off counts. */
  private crashes = 0;
  private last: Ended | null = null;
  private ended: Ended | null = null;
  private deletedAt: number | null = null;
  private probeFailures = 0;
  private readonly timers = new Set<NodeJS.Timeout>();
  private announceGone: () => void = () => undefined;
  /** Resolves when the pod has left the API. */
  readonly gone = new Promise<void>((resolve) => {
    this.announceGone = resolve;
  });

  constructor(
    readonly spec: PodSpec,
    private readonly registry: PodRegistry,
    private readonly onLife: (what: string) => void,
  ) {}

  /** Creates the pod and starts its container. */
  start(): void {
    this.run();
  }

  get ready(): boolean {
    return this.isReady && this.deletedAt === null;
  }

  get deleting(): boolean {
    return this.deletedAt !== null;
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  get restartCount(): number {
    return this.restarts;
  }

  /** How the container's last process ended; null when none has. */
  get lastEnd(): Ended | null {
    return this.ended ?? this.last;
  }

  /** As if the container had run for ten minutes: a kubelet begins its back-off anew. */
  endBackOff(): void {
    this.crashes = 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Deletes the pod as the API does: in order, within its grace period. */
  delete(): Promise<void> {
    if (this.deletedAt !== null) return this.gone;
    this.deletedAt = Date.now();
    this.publish();
    if (this.child === null) this.remove();
    else {
      this.later(this.spec.preStopMs, () => this.child?.kill('SIGTERM'));
      this.later(this.spec.graceMs, () => this.child?.kill('SIGKILL'));
    }
    return this.gone;
  }

  /** Removes the pod from the API at once, and leaves its process alive: `--grace-period=0`. */
  deleteByForce(): void {
    this.deletedAt = Date.now();
    this.registry.remove(this.spec.name);
    this.announceGone();
  }

  /** Ends everything without a word. */
  destroy(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.child?.removeAllListeners('exit');
    this.child?.kill('SIGKILL');
    this.registry.remove(this.spec.name);
    this.announceGone();
  }

  private run(): void {
    const { main, env, logFile } = this.spec;
    const log = openSync(logFile, 'a');
    this.startedAt = Date.now();
    this.started = false;
    this.isReady = false;
    this.readied = false;
    this.probeFailures = 0;
    this.ended = null;
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH ?? '', ...env(this.uid) },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.child = child;
    child.once('exit', (code, signal) => {
      this.onExit({ exitCode: code ?? 137, signal, finishedAt: Date.now() });
    });
    this.publish();
    this.later(PROBE_EVERY_MS, () => void this.probe(child));
  }

  private onExit(end: Ended): void {
    this.child = null;
    this.started = false;
    this.isReady = false;
    this.ended = end;
    this.onLife(`ended with ${end.signal ?? end.exitCode}`);
    this.publish();
    if (this.deletedAt !== null) {
      this.remove();
      return;
    }
    const wait = this.crashes === 0 ? RESTART_MS : BACK_OFF_MS * 2 ** (this.crashes - 1);
    this.crashes += 1;
    this.later(wait, () => {
      if (this.deletedAt !== null) return;
      this.last = end;
      this.restarts += 1;
      this.onLife('restarts');
      this.run();
    });
  }

  private remove(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    this.registry.remove(this.spec.name);
    this.announceGone();
  }

  /** Start-up probe until it passes, then readiness. */
  private async probe(child: ChildProcess): Promise<void> {
    const path = this.started ? '/health/ready' : '/health/startup';
    const good = await answers200(this.spec.probeOrigin + path);
    if (this.child !== child) return;
    const before = [this.started, this.isReady].join();
    if (!this.started) this.started = good;
    else {
      this.probeFailures = good ? 0 : this.probeFailures + 1;
      if (good) this.isReady = true;
      else if (this.probeFailures >= PROBE_FAILURES_MAX) this.isReady = false;
    }
    if (before !== [this.started, this.isReady].join()) {
      this.onLife(this.isReady ? 'is ready' : this.readied ? 'is no longer ready' : 'has started');
      this.readied = this.isReady;
      this.publish();
    }
    this.later(PROBE_EVERY_MS, () => void this.probe(child));
  }

  private later(ms: number, call: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      call();
    }, ms);
    this.timers.add(timer);
  }

  private publish(): void {
    if (
      this.deletedAt === null ||
      this.registry.list().some((pod) => pod.metadata.uid === this.uid)
    )
      this.registry.put(this.object());
  }

  private object(): PodObject {
    const { name, namespace, labels, container, ip } = this.spec;
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace,
        uid: this.uid,
        labels,
        creationTimestamp: kubernetesTime(this.createdAt),
        ...(this.deletedAt === null ? {} : { deletionTimestamp: kubernetesTime(this.deletedAt) }),
      },
      status: {
        phase: 'Running',
        podIP: ip,
        podIPs: [{ ip }],
        containerStatuses: [
          {
            name: container,
            image: 'hsds-ts',
            imageID: '',
            ready: this.isReady,
            started: this.started,
            restartCount: this.restarts,
            state: this.state(),
            lastState: this.last === null ? {} : { terminated: terminated(this.last) },
          },
        ],
      },
    };
  }

  private state(): object {
    if (this.ended !== null) return { terminated: terminated(this.ended) };
    return { running: { startedAt: kubernetesTime(this.startedAt) } };
  }
}

function terminated({ exitCode, finishedAt }: Ended): object {
  const reason = exitCode === 0 ? 'Completed' : 'Error';
  return { exitCode, reason, finishedAt: kubernetesTime(finishedAt) };
}

async function answers200(url: string): Promise<boolean> {
  try {
    const answer = await request(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await answer.body.dump();
    return answer.statusCode === 200;
  } catch {
    return false;
  }
}
