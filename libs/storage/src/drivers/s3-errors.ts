import { HdfError, type ErrorKind } from '#hdf5';

/** S3's error codes, whatever the HTTP status they come with (a 412 may come with 200). */
const CODES: Readonly<Record<string, ErrorKind>> = {
  PreconditionFailed: 'conflict',
  ConditionalRequestConflict: 'unavailable',
  OperationAborted: 'unavailable',
  NoSuchBucket: 'not-found',
  PermanentRedirect: 'not-found',
  AccessDenied: 'forbidden',
  InvalidAccessKeyId: 'forbidden',
  SignatureDoesNotMatch: 'forbidden',
  ExpiredToken: 'forbidden',
  InvalidToken: 'forbidden',
  CredentialsProviderError: 'forbidden',
  InvalidBucketName: 'invalid',
  KeyTooLongError: 'invalid',
  EntityTooLarge: 'too-large',
  NotImplemented: 'unsupported',
  RequestTimeout: 'unavailable',
  RequestTimeTooSkewed: 'unavailable',
  SlowDown: 'unavailable',
  Throttling: 'unavailable',
  ThrottlingException: 'unavailable',
  TooManyRequestsException: 'unavailable',
  InternalError: 'unavailable',
  ServiceUnavailable: 'unavailable',
  TimeoutError: 'unavailable',
  AbortError: 'unavailable',
};

/** The S3 error code or the name of a thrown thing. */
export function s3Code(error: unknown): string {
  return textOf(error, 'name');
}

/** The HTTP status that an SDK error came with; undefined for network errors. */
export function s3Status(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const metadata: unknown = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  if (!('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** An error of the SDK as ours; what never got an answer is `unavailable`. */
export function s3Error(error: unknown, what: string): HdfError {
  if (error instanceof HdfError) return error;
  const status = s3Status(error);
  const kind = CODES[s3Code(error)] ?? kindOfStatus(status);
  const text = textOf(error, 'message');
  const shown = status === undefined ? '' : ` (HTTP ${status})`;
  return new HdfError(kind, `${what}: ${s3Code(error)}${shown} ${text}`.trimEnd(), {
    cause: error,
    ...(kind === 'unavailable' ? { retryAfterS: 1 } : {}),
  });
}

function kindOfStatus(status: number | undefined): ErrorKind {
  if (status === undefined || status >= 500) return status === 501 ? 'unsupported' : 'unavailable';
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 408 || status === 409 || status === 429) return 'unavailable';
  if (status === 412) return 'conflict';
  if (status === 404 || status === 301) return 'not-found';
  if (status === 413) return 'too-large';
  return status === 200 ? 'unavailable' : 'internal';
}

/** No `instanceof`: under a test runner the system's errors are of another realm. */
function textOf(error: unknown, member: 'name' | 'message'): string {
  if (typeof error !== 'object' || error === null || !(member in error)) return '';
  const text: unknown = (error as Record<string, unknown>)[member];
  return typeof text === 'string' ? text : '';
}
