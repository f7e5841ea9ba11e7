/** One record for every request served: what, how long, with which result. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from './logger.js';

/** Query parameters whose value proves who someone is. */
const SECRET = /([?&](?:api_key|access_token|token|password)=)[^&#]*/gi;
/** Asked for every second by machines: logged at level DEBUG. */
const PROBES = /^\/(?:health|metrics|info|about)(?:$|[/?])/;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/;
const TARGET_CHARS_MAX = 1000;

/** A request target that may be written down: secrets cut out, bounded. */
export function redactTarget(target: string): string {
  return target.replace(SECRET, '$1***').slice(0, TARGET_CHARS_MAX);
}

/**
 * Logs a served request.
 *
 * @param durationMs from its arrival to the last byte of the answer
 * @param aborted the client went away before that
 */
export function logRequest(
  log: Log,
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: { readonly durationMs: number; readonly aborted: boolean },
): void {
  const target = request.originalUrl;
  const level = PROBES.test(target) ? 'DEBUG' : 'INFO';
  if (!log.isEnabled(level)) return;
  const trace = TRACEPARENT.exec(headerText(request.headers.traceparent));
  log.record(level, 'request', {
    req_id: request.id,
    ...(trace === null ? {} : { trace_id: trace[1], span_id: trace[2] }),
    method: request.method,
    route: request.is404 ? undefined : request.routeOptions.url,
    target: redactTarget(target),
    user: request.hsds?.user.name,
    status: reply.statusCode,
    dur_ms: Math.round(outcome.durationMs * 1000) / 1000,
    ...(outcome.aborted ? { aborted: true } : {}),
  });
}

function headerText(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}
