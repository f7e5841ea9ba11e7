/** Work on fewer bytes than this is done in the caller's thread: handing it over costs more. */
export const INLINE_BYTES = 16 * 1024;

/** Work on fewer bytes than this is not worth copying to a worker. */
export const WORKER_BYTES = 64 * 1024;
