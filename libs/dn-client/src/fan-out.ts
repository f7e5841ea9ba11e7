import { HdfError } from '#hdf5';
import { Refusal, type NodeMap } from '#cluster';
import type { CallContext, ItemError, OperationName, ReplyOf, RequestOf } from './operations.js';
import type { HeldRequest } from './hold-queue.js';
import { NodeUnreachable } from './wire/error.js';

/** How to divide a list request over owners and to put the replies together again. */
export interface Division<K extends OperationName, I, O> {
  readonly operation: K;
  readonly items: readonly I[];
  readonly keyOf: (item: I) => string;
  readonly request: (items: readonly I[]) => RequestOf<K>;
  readonly results: (reply: ReplyOf<K>, count: number) => readonly O[];
  /** Buffered body, bytes. */
  readonly bytes?: number;
}

/**
 * Failures after which the same request is sent again: refused for membership, never arrived, or
 * the node cannot do it at the moment (its store is away); it is applied once all the same.
 */
export function isHeld(error: unknown): error is HdfError {
  return error instanceof HdfError && error.kind === 'unavailable';
}

/** Whether a call that failed so may have been applied all the same. */
export function mayHaveRun(error: HdfError): boolean {
  return !(error instanceof Refusal) || error.ran;
}

/** Whether a failure says that the node map may be old. */
export function doubtsMap(error: HdfError): boolean {
  return error instanceof Refusal || error instanceof NodeUnreachable;
}

/** The context of one try of a call: routed by a map, perhaps not the first that was taken. */
export function tagged(
  context: CallContext,
  map: NodeMap,
  { mayHaveRun }: HeldRequest,
): CallContext {
  const tag = { epoch: map.epoch, fingerprint: map.fingerprint };
  return mayHaveRun ? { ...context, tag, repeated: true } : { ...context, tag };
}

/** A running call, its time counted for whoever asked for that. */
export function timed<T>(call: Promise<T>, { timer }: CallContext): Promise<T> {
  return timer === undefined ? call : timer.measure(call);
}

/** Which indices each node owns; owner -1 while no node is known. */
export function groupByOwner(
  indices: readonly number[],
  keyOf: (index: number) => string,
  map: NodeMap,
): Map<number, readonly number[]> {
  if (map.size === 1) return new Map([[0, indices]]);
  const groups = new Map<number, number[]>();
  for (const index of indices) {
    const owner = map.size === 0 ? -1 : map.ownerOf(keyOf(index));
    const group = groups.get(owner);
    if (group === undefined) groups.set(owner, [index]);
    else group.push(index);
  }
  return groups;
}

/** Waits for all, so that nothing runs on behind an error; then throws the first one. */
export async function allOrFirstError<T>(calls: readonly Promise<T>[]): Promise<T[]> {
  const [only] = calls;
  if (calls.length === 1 && only !== undefined) return [await only];
  const settled = await Promise.allSettled(calls);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

/** Stands for a reply that lacks an item. */
export function missing(id: string): ItemError {
  return { kind: 'internal', message: `no reply for ${id}` };
}

/** Results of operations that give none. */
export function nothing(_reply: object, count: number): readonly null[] {
  return new Array<null>(count).fill(null);
}
