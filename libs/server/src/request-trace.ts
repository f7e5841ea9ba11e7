/** What clients call their requests, if it is fit for headers and logs. */
import type { IncomingHttpHeaders } from 'node:http';
import type { CallTrace } from '#dn-client';

const CLIENT_ID = /^[A-Za-z0-9._:-]{1,64}$/;
const TRACE_PARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
const ALL_ZERO = /^0+$/;

/** The ids of a trace that a request belongs to, 32 and 16 hexadecimal digits. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** `X-Request-Id` and `traceparent`; what is malformed counts as absent. */
export function traceOf(headers: IncomingHttpHeaders): CallTrace {
  const clientId = headers['x-request-id'];
  const parent = headers.traceparent;
  return {
    ...(typeof clientId === 'string' && CLIENT_ID.test(clientId) ? { clientId } : {}),
    ...(typeof parent === 'string' && traceIdsOf(parent) !== undefined ? { parent } : {}),
  };
}

/** What a log record says of a client's own names of its request. */
export function traceFields({ clientId, parent }: CallTrace): Readonly<Record<string, string>> {
  const trace = traceIdsOf(parent);
  return {
    ...(clientId === undefined ? {} : { client_req_id: clientId }),
    ...(trace === undefined ? {} : { trace_id: trace.traceId, span_id: trace.spanId }),
  };
}

/** The ids in a `traceparent`; undefined when it is malformed. */
export function traceIdsOf(parent: string | undefined): TraceIds | undefined {
  const [, traceId = '', spanId = ''] = TRACE_PARENT.exec(parent ?? '') ?? [];
  if (traceId === '' || ALL_ZERO.test(traceId) || ALL_ZERO.test(spanId)) return undefined;
  return { traceId, spanId };
}
