import { HdfError } from '#hdf5';
import type { CallContext, Durability, OperationName } from '../operations.js';
import { isOperationName } from './codecs.js';

/** What a call says before its frame (cluster-protocol E4). */
export interface CallHead {
  readonly operation: OperationName;
  readonly context: CallContext;
}

/** Members of the head's JSON; absent ones are left out. */
interface HeadJson {
  readonly op: string;
  readonly rq: string;
  readonly durability?: string | undefined;
  readonly repeated?: true | undefined;
  readonly epoch?: number | undefined;
  readonly map?: string | undefined;
  readonly client?: string | undefined;
  readonly parent?: string | undefined;
}

/** Longest text of a member that is kept. */
const TEXT_CHARS_MAX = 256;

/** The head of a call as UTF-8 JSON. */
export function encodeCallHead(operation: OperationName, context: CallContext): string {
  const { requestId, durability, repeated, tag, trace } = context;
  const head: HeadJson = {
    op: operation,
    rq: requestId,
    durability,
    repeated: repeated === true ? true : undefined,
    epoch: tag?.epoch,
    map: tag?.fingerprint,
    client: trace?.clientId,
    parent: trace?.parent,
  };
  return JSON.stringify(head);
}

/**
 * The head of a call. Optional members that are malformed count as absent.
 *
 * @throws HdfError `invalid` for what is no JSON object or names no operation
 */
export function decodeCallHead(bytes: Uint8Array): CallHead {
  const json = parseHead(bytes);
  const { epoch } = json;
  const operation = text(json.op);
  if (operation === undefined || !isOperationName(operation)) {
    throw new HdfError('invalid', `unknown operation '${(operation ?? '').slice(0, 64)}'`);
  }
  const durability = text(json.durability);
  const map = text(json.map);
  const clientId = text(json.client);
  const parent = text(json.parent);
  const tagged = map !== undefined && Number.isSafeInteger(epoch);
  const trace = {
    ...(clientId === undefined ? {} : { clientId }),
    ...(parent === undefined ? {} : { parent }),
  };
  return {
    operation,
    context: {
      requestId: text(json.rq) ?? '',
      trace,
      ...(isDurability(durability) ? { durability } : {}),
      ...(json.repeated === true ? { repeated: true } : {}),
      ...(tagged ? { tag: { epoch: epoch as number, fingerprint: map } } : {}),
    },
  };
}

/** The id under which the service node logged a request, from the id of one of its calls. */
export function requestIdOfCall(callId: string): string {
  return callId.replace(/\.\d+$/, '');
}

/** True for a level that a client or node may ask for. */
export function isDurability(name: string | undefined): name is Durability {
  return name === 'D0' || name === 'D3';
}

function parseHead(bytes: Uint8Array): Record<keyof HeadJson, unknown> {
  const { buffer, byteOffset, length } = bytes;
  try {
    const json = JSON.parse(Buffer.from(buffer, byteOffset, length).toString()) as unknown;
    if (typeof json === 'object' && json !== null) return json as Record<keyof HeadJson, unknown>;
  } catch {
    // Refused below.
  }
  throw new HdfError('invalid', 'expected a JSON object as head of a call');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= TEXT_CHARS_MAX ? value : undefined;
}
