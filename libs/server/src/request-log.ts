/** One record for every request served: what, how long, with which result. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from './logger.js';
import { traceFields, traceOf } from './request-trace.js';

/** Query parameters whose value proves who someone is. */
const SECRETS = new Set(['api_key', 'access_token', 'token', 'password']);
/** Asked for every second by machines: logged at level DEBUG. */
const PROBES = /^\/(?:health|metrics|info|about)(?:$|[/?])/;
const TARGET_CHARS_MAX = 1000;

/** Whether a request is a machine's routine question: no line at level INFO, no span. */
export function isProbe(target: string): boolean {
  return PROBES.test(target);
}

/** A request target that may be written down: secrets cut out, bounded. */
export function redactTarget(target: string): string {
  return target.replace(/([?&#])([^=&#]*)=([^&#]*)/g, hideSecret).slice(0, TARGET_CHARS_MAX);
}

function hideSecret(pair: string, mark: string, name: string): string {
  return SECRETS.has(decoded(name).toLowerCase()) ? `${mark}${name}=***` : pair;
}

/** A parameter name without escapes; one that cannot be decoded is no name of ours. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
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
  const level = isProbe(target) ? 'DEBUG' : 'INFO';
  if (!log.isEnabled(level)) return;
  log.record(level, 'request', {
    req_id: request.id,
    ...traceFields(traceOf(request.headers)),
    method: request.method,
    route: request.is404 ? undefined : request.routeOptions.url,
    target: redactTarget(target),
    obj_class: objectClass(request),
    user: request.hsds?.user.name,
    status: reply.statusCode,
    dur_ms: rounded(outcome.durationMs),
    ...waited(request),
    ...(outcome.aborted ? { aborted: true } : {}),
  });
}

/** What the request is about: `dataset`, `group`, … by the path. */
function objectClass(request: FastifyRequest): string | undefined {
  if (request.is404) return undefined;
  const [, first = ''] = (request.routeOptions.url ?? '').split('/');
  return first === '' ? 'domain' : first.replace(/s$/, '');
}

/** Where data nodes were waited for; what was held for a node map, and sent again. */
function waited(request: FastifyRequest): Readonly<Record<string, number>> {
  const timer = request.hsds?.call.timer;
  if (timer === undefined || timer.ms === 0) return {};
  const held = { retry: timer.retries, hold_ms: rounded(timer.heldMs) };
  return { dn_ms: rounded(timer.ms), ...(timer.retries === 0 ? {} : held) };
}

/** Milliseconds with three decimals. */
export function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
