import { FixedMembership, fixedMap, Refusal } from '#cluster';
import { HdfError, type HdfError as Failure } from '#hdf5';
import { ManualClock, seededRandom, settled } from '#storage/testing';
import { DataNodes } from './data-nodes.js';
import { HoldQueue } from './hold-queue.js';
import type { CallContext, DataNode, OperationName, ReplyOf } from './operations.js';
import { NodeUnreachable } from './wire/error.js';

const ADDRESS = { bucket: 'b', path: '/d' };
const HOLD_MS = 25_000;

/** One data node that fails in the given ways, then answers. */
function setUp(failures: Failure[]) {
  const clock = new ManualClock();
  const seen: CallContext[] = [];
  const node: DataNode = {
    call: <K extends OperationName>(_operation: K, _request: unknown, context: CallContext) => {
      seen.push(context);
      const failure = failures.shift();
      if (failure !== undefined) return Promise.reject(failure);
      return Promise.resolve({ document: null } as unknown as ReplyOf<K>);
    },
  };
  const membership = new FixedMembership(fixedMap([{ ip: '127.0.0.1', port: 1 }]));
  let refreshes = 0;
  membership.refresh = () => {
    refreshes += 1;
    return Promise.resolve();
  };
  const hold = new HoldQueue(clock, seededRandom(1));
  const nodes = new DataNodes(membership, () => node, hold);
  const read = (context: Partial<CallContext> = {}) =>
    nodes.call('domain.read', { ...ADDRESS }, { requestId: 'r', ...context });
  /** Lets time pass until the call has ended. */
  const play = async (call: Promise<unknown>, limitMs = HOLD_MS * 2) => {
    const state = { over: false };
    const end = () => (state.over = true);
    call.then(end, end);
    for (let at = 0; !state.over && at < limitMs; at += 100) {
      await settled();
      clock.advance(100);
    }
    await settled();
  };
  return { clock, seen, read, play, refreshes: () => refreshes };
}

const refused = (ran = false) =>
  new Refusal({
    code: 'DRAINING',
    epoch: 1,
    fingerprint: 'f',
    phase: 'STOPPED',
    retryMs: 10,
    ran,
  });
const storeAway = () => new HdfError('unavailable', 'reading b/x: the store is away');

describe('DataNodes', () => {
  it.each([
    ['a refusal', () => refused(), 3],
    ['silence', () => new NodeUnreachable('no answer'), 3],
    ['a store that is away', storeAway, 0],
  ])('sends the same request again after %s', async (_what, failure, refreshes) => {
    const { seen, read, play, refreshes: count } = setUp([failure(), failure(), failure()]);
    const call = read();
    await play(call);
    await expect(call).resolves.toEqual({ document: null });
    expect(new Set(seen.map(({ requestId }) => requestId)).size).toBe(1);
    expect([seen.length, count()]).toEqual([4, refreshes]);
  });

  it.each([
    ['was refused before it ran', () => refused(), false],
    ['was refused after it ran', () => refused(true), true],
    ['was not answered', () => new NodeUnreachable('no answer'), true],
    ['could not be stored', storeAway, true],
  ])('says of a call that %s whether it may have been applied', async (_what, failure, may) => {
    const { seen, read, play } = setUp([failure(), refused()]);
    await play(read());
    expect(seen.map(({ repeated }) => repeated ?? false)).toEqual([false, may, may]);
  });

  it('gives up when the time is over, with the reason', async () => {
    const { clock, read, play } = setUp(Array.from({ length: 1000 }, storeAway));
    const call = read();
    await play(call);
    await expect(call).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('the store is away') as string,
      retryAfterS: 1,
    });
    expect(clock.monotonic()).toBeGreaterThanOrEqual(HOLD_MS);
  });

  it.each(['not-found', 'conflict', 'internal'] as const)('passes %s on at once', async (kind) => {
    const { seen, read } = setUp([new HdfError(kind, 'no')]);
    await expect(read()).rejects.toMatchObject({ kind });
    expect(seen).toHaveLength(1);
  });

  it('does not try again for a caller that has gone', async () => {
    const { seen, read } = setUp([storeAway()]);
    await expect(read({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect(seen).toHaveLength(1);
  });
});
