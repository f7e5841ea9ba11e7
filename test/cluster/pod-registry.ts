/** The pods of a stand-in Kubernetes: objects with versions, and the history that watches read. */

/** An API object of the kind Pod; only what discovery reads is modelled. */
export interface PodObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly creationTimestamp: string;
    readonly deletionTimestamp?: string;
    readonly resourceVersion?: string;
  };
  readonly status: Readonly<Record<string, unknown>>;
}

/** One change as a watch shows it. */
export interface WatchEvent {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: PodObject;
  /** Unix ms */
  readonly at: number;
}

/** Pods by name, each change under a new version of the whole. */
export class PodRegistry {
  private readonly history: WatchEvent[] = [];
  private readonly listeners = new Set<(event: WatchEvent) => void>();
  private readonly pods = new Map<string, PodObject>();
  /** Watches from before this version are refused with 410. */
  private oldest = 0;
  private current = 1000;

  get version(): number {
    return this.current;
  }

  /** Adds a pod, or replaces the one of that name. */
  put(pod: PodObject): void {
    const type = this.pods.has(pod.metadata.name) ? 'MODIFIED' : 'ADDED';
    this.pods.set(pod.metadata.name, this.note(type, pod));
  }

  remove(name: string): void {
    const pod = this.pods.get(name);
    if (pod === undefined) return;
    this.pods.delete(name);
    this.note('DELETED', pod);
  }

  list(): PodObject[] {
    return [...this.pods.values()];
  }

  /** The list as it was, as an API server that lags behind shows it. @param at Unix ms */
  listAt(at: number): { pods: PodObject[]; version: number } {
    const pods = new Map<string, PodObject>();
    let version = 1000;
    for (const event of this.history) {
      if (event.at > at) break;
      version = event.version;
      if (event.type === 'DELETED') pods.delete(event.object.metadata.name);
      else pods.set(event.object.metadata.name, event.object);
    }
    return { pods: [...pods.values()], version };
  }

  /** What has happened after a version; null when that is forgotten. */
  since(version: number): readonly WatchEvent[] | null {
    if (version < this.oldest) return null;
    return this.history.filter((event) => event.version > version);
  }

  /** Forgets what watches might ask for, as etcd does after some minutes. */
  compact(): void {
    this.oldest = this.current + 1;
    this.current += 2;
  }

  /** @returns what ends it */
  onEvent(listener: (event: WatchEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private note(type: WatchEvent['type'], pod: PodObject): PodObject {
    this.current += 1;
    const metadata = { ...pod.metadata, resourceVersion: String(this.current) };
    const object: PodObject = { ...pod, metadata };
    const event = { version: this.current, type, object, at: Date.now() };
    this.history.push(event);
    for (const listener of this.listeners) listener(event);
    return object;
  }
}

/** Whether a pod carries all labels of `name=value,…`. */
export function hasLabels(pod: PodObject, selector: string): boolean {
  const { labels } = pod.metadata;
  return selector
    .split(',')
    .filter((term) => term !== '')
    .every((term) => {
      const [name = '', value] = term.split('=');
      return labels[name] === value;
    });
}

/** A time as Kubernetes writes it: whole seconds. */
export function kubernetesTime(unixMs: number): string {
  return `${new Date(Math.floor(unixMs / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}
