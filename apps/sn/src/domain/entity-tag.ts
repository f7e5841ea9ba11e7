import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { formatJson, RawJson, type JsonOut } from '#hdf5';

/**
 * Names an answer by its content, in `ETag`, and answers 304 without it to who has it already. The
 * tag is weak: a compressed answer is the same.
 *
 * @returns what to send, nothing with 304
 */
export function tagged(
  answer: JsonOut,
  request: FastifyRequest,
  reply: FastifyReply,
): JsonOut | undefined {
  const text = formatJson(answer);
  const tag = createHash('sha256').update(text).digest('base64url');
  void reply.header('ETag', `W/"${tag}"`);
  if (!names(request.headers['if-none-match'], tag)) return new RawJson(text);
  reply.code(304);
  return undefined;
}

/** Whether `If-None-Match` lists a tag; compared weakly (RFC 9110, 13.1.2). */
function names(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === '*' || one === `"${tag}"`);
}
