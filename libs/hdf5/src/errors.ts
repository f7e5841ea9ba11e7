/**
 * What went wrong, named by what the caller should do next:
 * `invalid` and `too-large` fix the request; `unauthenticated` log in; `forbidden` ask the owner;
 * `not-found` and `gone` stop asking; `conflict` read again and decide; `unavailable` retry later;
 * `unsupported` use another feature; `corrupt` and `internal` report: stored data or this program
 * is wrong.
 */
export type ErrorKind =
  | 'invalid'
  | 'too-large'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'gone'
  | 'conflict'
  | 'unavailable'
  | 'unsupported'
  | 'corrupt'
  | 'internal';

/** The one error that this code base throws on purpose; it knows no HTTP status. */
export class HdfError extends Error {
  /** Seconds after which a retry makes sense; only with `unavailable`. */
  readonly retryAfterS: number | undefined;

  /**
   * @param kind what the caller should do
   * @param message what was expected and what was found, with ids; never a secret
   */
  constructor(
    readonly kind: ErrorKind,
    message: string,
    options: { cause?: unknown; retryAfterS?: number } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'HdfError';
    this.retryAfterS = options.retryAfterS;
  }
}

/** The kind of any thrown thing; what is not an HdfError is `internal`. */
export function errorKind(error: unknown): ErrorKind {
  return error instanceof HdfError ? error.kind : 'internal';
}
