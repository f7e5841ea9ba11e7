import type { CallContext, Durability } from '../operations.js';

/** Headers of a call between nodes (cluster-protocol E4). */
export const HEADERS = {
  requestId: 'x-hsds-rq',
  epoch: 'x-hsds-epoch',
  map: 'x-hsds-map',
  durability: 'x-hsds-durability',
  clientId: 'x-request-id',
  traceParent: 'traceparent',
} as const;

/** A context as headers. */
export function encodeContext(context: CallContext): Record<string, string> {
  const headers: Record<string, string> = { [HEADERS.requestId]: context.requestId };
  if (context.durability !== undefined) headers[HEADERS.durability] = context.durability;
  if (context.tag !== undefined) {
    headers[HEADERS.epoch] = String(context.tag.epoch);
    headers[HEADERS.map] = context.tag.fingerprint;
  }
  const { clientId, parent } = context.trace ?? {};
  if (clientId !== undefined) headers[HEADERS.clientId] = clientId;
  if (parent !== undefined) headers[HEADERS.traceParent] = parent;
  return headers;
}

/** The id under which the service node logged a request, from the id of one of its calls. */
export function requestIdOfCall(callId: string): string {
  return callId.replace(/\.\d+$/, '');
}

/** A context from headers; what is malformed counts as absent. */
export function decodeContext(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  signal?: AbortSignal,
): CallContext {
  const durability = one(headers[HEADERS.durability]);
  const epoch = Number(one(headers[HEADERS.epoch]));
  const fingerprint = one(headers[HEADERS.map]);
  return {
    requestId: one(headers[HEADERS.requestId]) ?? '',
    ...(isDurability(durability) ? { durability } : {}),
    ...(fingerprint !== undefined && Number.isSafeInteger(epoch)
      ? { tag: { epoch, fingerprint } }
      : {}),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** True for a level that a client or node may ask for. */
export function isDurability(text: string | undefined): text is Durability {
  return text === 'D0' || text === 'D3';
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
