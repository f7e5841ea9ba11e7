import { HdfError } from '../errors.js';

/** The error of stored bytes that no correct encoder can have written. */
export function corrupt(message: string, cause?: unknown): HdfError {
  return new HdfError('corrupt', message, { cause });
}

/** Refuses a result of another size than the container promised; returns it otherwise. */
export function exactly(bytes: Uint8Array, size: number, what: string): Uint8Array {
  if (bytes.length !== size) {
    throw corrupt(`${what}: expected ${size} bytes, found ${bytes.length}`);
  }
  return bytes;
}
