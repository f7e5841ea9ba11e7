import { HdfError, type ErrorKind } from '#hdf5';

const KINDS: Readonly<Record<string, ErrorKind>> = {
  ENOSPC: 'unavailable',
  EDQUOT: 'unavailable',
  EMFILE: 'unavailable',
  ENFILE: 'unavailable',
  EIO: 'unavailable',
  EBUSY: 'unavailable',
  EAGAIN: 'unavailable',
  ETIMEDOUT: 'unavailable',
  ESTALE: 'unavailable',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EROFS: 'forbidden',
  ENAMETOOLONG: 'invalid',
  EINVAL: 'invalid',
  ENOTDIR: 'invalid',
  EISDIR: 'invalid',
  ENOTEMPTY: 'invalid',
  EEXIST: 'invalid',
};

/** The system's error code (`ENOENT`…), or empty text. */
export function errorCode(error: unknown): string {
  // No `instanceof`: under a test runner the system's errors are of another realm.
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** Whether the system says that there is nothing at a path. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** A file system's error as ours: a full disk or failing device is `unavailable`. */
export function diskError(error: unknown, what: string): HdfError {
  if (error instanceof HdfError) return error;
  const code = errorCode(error);
  const kind = KINDS[code] ?? 'internal';
  const hint = kind === 'invalid' ? ' (on a disk a key cannot also be the folder of others)' : '';
  return new HdfError(kind, `${what}: ${code === '' ? String(error) : code}${hint}`, {
    cause: error,
  });
}
