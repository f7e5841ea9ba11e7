import type { JsonOut } from '#hdf5';
import type { ServerRuntime } from '#server';

/** Names by which datasets may ask for compression; `deflate` is another name of `gzip`. */
export const COMPRESSORS: readonly string[] = [
  'blosclz',
  'lz4',
  'lz4hc',
  'gzip',
  'zstd',
  'deflate',
];

/** `limits`, `compressors` and `version` of domain replies. */
export function serviceFacts({ config, version }: ServerRuntime): Record<string, JsonOut> {
  return {
    limits: {
      min_chunk_size: config.min_chunk_size,
      max_chunk_size: config.max_chunk_size,
      max_request_size: config.max_request_size,
    },
    compressors: COMPRESSORS,
    version,
  };
}
