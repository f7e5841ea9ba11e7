/** Request bodies: found, decompressed and read within a bound. */
import type { Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { HdfError } from '#hdf5';

/** The byte count that a request announces; undefined when it is chunked or has no body. */
export function announcedBytes(request: FastifyRequest): number | undefined {
  const text = request.raw.headers['content-length'];
  return text === undefined ? undefined : Number(text);
}

/** True when the request announces at least one byte, or a body of unknown length. */
export function hasBody(request: FastifyRequest): boolean {
  if (request.raw.headers['transfer-encoding'] !== undefined) return true;
  return (announcedBytes(request) ?? 0) > 0;
}

/**
 * The body as a stream of its plain bytes, not yet started, not bounded. Errors of the socket or of
 * the compression come as stream errors; `bodyFailure` makes `invalid` of them.
 *
 * @throws HdfError `invalid` for a Content-Encoding other than gzip, deflate and identity
 */
export function bodyStream(request: FastifyRequest): Readable {
  const encoding = (request.raw.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '') return request.raw;
  const decoder = decoderOf(encoding);
  request.raw.on('error', (error) => decoder.destroy(error));
  request.raw.on('close', () => {
    if (!request.raw.complete) decoder.destroy(new Error('request ended early'));
  });
  return request.raw.pipe(decoder);
}

function decoderOf(encoding: string) {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  throw new HdfError('invalid', `Content-Encoding: expected gzip or deflate, found ${encoding}`);
}

/**
 * Reads the whole body.
 *
 * @param bytesMax bound on the plain bytes
 * @returns undefined when there is none
 * @throws HdfError `too-large` past the bound, `invalid` for a broken or badly compressed body
 */
export async function readBody(
  request: FastifyRequest,
  bytesMax: number,
): Promise<Buffer | undefined> {
  if (!hasBody(request)) return undefined;
  const announced = announcedBytes(request);
  if (announced !== undefined && announced > bytesMax) throw bodyTooLarge(bytesMax, announced);
  const chunks: Buffer[] = [];
  let size = 0;
  const stream = bodyStream(request);
  try {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > bytesMax) throw bodyTooLarge(bytesMax, size);
      chunks.push(bytes);
    }
  } catch (error) {
    if (stream !== request.raw) request.raw.unpipe().resume();
    throw error instanceof HdfError ? error : bodyFailure(error);
  }
  if (size === 0) return undefined;
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
}

/** The refusal of a body that is too long. Sizes in bytes. */
export function bodyTooLarge(bytesMax: number, actual: number): HdfError {
  return new HdfError(
    'too-large',
    `Maximum request body size ${bytesMax} exceeded, actual body size ${actual}`,
  );
}

/** What a stream error of a body means to the caller. */
export function bodyFailure(cause: unknown): HdfError {
  return new HdfError('invalid', 'the request body ended early or is badly compressed', { cause });
}
