/** `Server-Timing`: where the time of an answer went, for browsers and for `curl -i`. */
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Milliseconds until the headers go out, and how long of that a data node was waited for; the
 * latter only when a request came so far.
 */
export function serverTiming(request: FastifyRequest, reply: FastifyReply): string {
  const timer = request.hsds?.call.timer;
  const total = `total;dur=${reply.elapsedTime.toFixed(1)}`;
  return timer === undefined ? total : `${total}, dn;dur=${timer.ms.toFixed(1)}`;
}
