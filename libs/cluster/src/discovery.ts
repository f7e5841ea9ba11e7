import type { PodFacts } from './eligibility.js';

/** The pods as the Kubernetes API showed them. */
export interface PodView {
  readonly pods: readonly PodFacts[];
  /** `clock.monotonic()` at which a list or a watch event last confirmed the view. */
  readonly at: number;
}

/** Where the data nodes are learned from. */
export interface Discovery {
  /** The newest view, from list or watch; null before the first list. */
  view(): PodView | null;
  /**
   * A consistent list, made after the call.
   * @throws HdfError `unavailable`, or `forbidden` naming the missing Role
   */
  list(): Promise<PodView>;
  /** Called when the view changed; returns what ends it. */
  onChange(listener: () => void): () => void;
  start(): void;
  stop(): void;
}

/** One change of a watched pod; `error` ends the watch and calls for a new list. */
export interface PodEvent {
  readonly type: 'added' | 'modified' | 'deleted' | 'bookmark' | 'error';
  readonly object: unknown;
}

/** The two calls of the Kubernetes API that discovery makes; the namespace and labels are fixed. */
export interface PodApi {
  /** A consistent list (no resourceVersion). @throws HdfError `unavailable` or `forbidden` */
  list(): Promise<{ readonly pods: readonly unknown[]; readonly resourceVersion: string }>;
  /**
   * Watches from a version on until the server closes or the signal aborts; resolves then.
   * @throws HdfError `gone` when the version is too old, `unavailable`, `forbidden`
   */
  watch(
    resourceVersion: string,
    onEvent: (event: PodEvent) => void,
    signal: AbortSignal,
  ): Promise<void>;
}
