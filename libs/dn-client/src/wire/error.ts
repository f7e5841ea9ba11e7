import { HdfError, type ErrorKind, type JsonOut } from '#hdf5';
import { Refusal, type RefusalFacts } from '#cluster';
import { plain } from './plain.js';
import { decodeFrame, encodeFrame } from './frame.js';

/** Where a data node puts the kind of an error; absent on success. */
export const ERROR_KIND_HEADER = 'x-hsds-error';

/** The status of a refusal for membership (cluster-protocol E4). */
export const REFUSED_STATUS = 421;

/** The status of every other error of an operation. */
export const FAILED_STATUS = 422;

/** A data node did not take the request or did not answer: the same request may be sent again. */
export class NodeUnreachable extends HdfError {
  constructor(message: string, cause?: unknown) {
    super('unavailable', message, { cause, retryAfterS: 1 });
    this.name = 'NodeUnreachable';
  }
}

const KINDS: ReadonlySet<string> = new Set<ErrorKind>([
  'invalid',
  'too-large',
  'unauthenticated',
  'forbidden',
  'not-found',
  'gone',
  'conflict',
  'unavailable',
  'unsupported',
  'corrupt',
  'internal',
]);

/** An error as a reply: status and frame. */
export function encodeError(error: unknown): { status: number; body: Uint8Array } {
  if (error instanceof Refusal) {
    return { status: REFUSED_STATUS, body: frameOf({ refusal: { ...error.facts } }) };
  }
  const known = error instanceof HdfError;
  const header = {
    kind: known ? error.kind : 'internal',
    message: known ? error.message : 'the data node failed',
    retryAfterS: known ? error.retryAfterS : undefined,
  };
  return { status: FAILED_STATUS, body: frameOf(header) };
}

/** The error that a reply stands for, as the data node raised it. */
export function decodeError(status: number, body: Uint8Array): HdfError {
  if (status !== REFUSED_STATUS && status !== FAILED_STATUS) {
    return new NodeUnreachable(`the data node answered ${status}`);
  }
  const header = plain<{
    refusal?: RefusalFacts;
    kind?: string;
    message?: string;
    retryAfterS?: number;
  }>(decodeFrame(body).header);
  if (header.refusal !== undefined) return new Refusal(header.refusal);
  const kind = KINDS.has(header.kind ?? '') ? (header.kind as ErrorKind) : 'internal';
  const options = header.retryAfterS === undefined ? {} : { retryAfterS: header.retryAfterS };
  return new HdfError(kind, header.message ?? 'the data node failed', options);
}

function frameOf(header: JsonOut): Uint8Array {
  return Buffer.concat(encodeFrame({ header }).parts);
}
