/**
 * Where the time of a request goes, as spans of a trace. An interface, so that no room but the one
 * that exports spans knows how, and nothing is loaded or done while tracing is off.
 */

/** What a span says when it begins. */
export interface SpanAbout {
  /** Low in variety: a route, an operation; never an id. */
  readonly name: string;
  /** `server`: asked by another process; `client`: asks another. */
  readonly kind: 'server' | 'client';
  readonly attributes: Readonly<Record<string, string | number>>;
  /** W3C `traceparent` of the caller; without it the span that runs now is the parent. */
  readonly parent?: string | undefined;
  /** Begins a trace of its own when no request runs; else such work leaves no span. */
  readonly alone?: boolean;
}

/** A span that runs. */
export interface OpenSpan {
  /** As W3C `traceparent`, for those who are called; undefined when nothing is recorded. */
  readonly parent: string | undefined;
  /** Adds what is known only later: a status, a size. */
  note(attributes: Readonly<Record<string, string | number>>): void;
}

export interface Tracer {
  /** Runs work inside a span that ends, or fails, with it. */
  within<T>(about: SpanAbout, work: (span: OpenSpan) => Promise<T>): Promise<T>;
  /**
   * Begins a span in which `run`, and all that it starts, runs.
   *
   * @returns ends the span; `failed`: by a fault of this side
   */
  begin(about: SpanAbout, run: (span: OpenSpan) => void): (end: SpanEnd) => void;
  /** Sends what is waiting, for the end of the process; bounded in time, never rejects. */
  flush(): Promise<void>;
}

/** What a span says when it ends. */
export interface SpanEnd {
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly failed: boolean;
}
