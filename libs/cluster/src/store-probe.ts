import { HdfError, errorKind } from '#hdf5';
import type { ObjectStore, PutOptions } from '#storage';

/** What a conditional-write probe found; empty `failures`: the store can carry the protocol. */
export interface ProbeReport {
  readonly failures: readonly string[];
}

/** Where and how hard to probe. */
export interface ProbeOptions {
  /** One store for each endpoint of the service; the race goes through all of them. */
  readonly stores: readonly [ObjectStore, ...ObjectStore[]];
  readonly bucket: string;
  /** A fresh key below the cluster's folder; removed afterwards. */
  readonly key: string;
  /** Writers in each race. */
  readonly writers?: number;
}

const DEFAULT_WRITERS = 16;

/**
 * Finds out whether conditional writes are atomic and reads see writes, by racing writers: there
 * are stores that ignore the conditions, and stores that check first and write later.
 * @throws HdfError `unavailable` when the store cannot be asked
 */
export async function probeStore(options: ProbeOptions): Promise<ProbeReport> {
  const { stores, bucket, key } = options;
  const [store] = stores;
  const at = { bucket, key };
  const failures: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) failures.push(what);
  };
  try {
    const created = await race(options, { ifAbsent: true });
    expect(created.length === 1, `${created.length} of racing creations won, expected 1`);
    const first = await store.get(at);
    if (first === null || first === 'not-modified') {
      return { failures: [...failures, 'an object just written was not there'] };
    }
    expect(created.includes(first.etag), 'a read after the race gave a version that did not win');
    const changed = await race(options, { ifMatch: first.etag });
    expect(changed.length === 1, `${changed.length} of racing changes won, expected 1`);
    const stale = await tryPut(store, at, { ifMatch: first.etag });
    expect(stale === null, 'a change of a version that was gone succeeded');
    const now = await store.head(at);
    const winner = changed[0];
    expect(now !== null && now.etag === winner, 'a read after a change gave an older version');
    const again = await store.get(at, { ifNoneMatch: now?.etag ?? '' });
    expect(again === 'not-modified', 'an unchanged object was not answered as not modified');
    await store.delete(at);
    const missing = await tryPut(store, at, { ifMatch: first.etag });
    expect(missing === null, 'a change of a missing object succeeded');
    return { failures };
  } finally {
    await store.delete(at).catch(() => undefined);
  }
}

/**
 * Refuses a store that cannot carry the protocol.
 * @param allowUnfenced accept it all the same (one data node, or the operator knows better)
 * @throws HdfError `unsupported` naming what failed
 */
export function requireProbe(report: ProbeReport, allowUnfenced: boolean): void {
  if (report.failures.length === 0 || allowUnfenced) return;
  throw new HdfError(
    'unsupported',
    `the object store lacks atomic conditional writes: ${report.failures.join('; ')}. Use another ` +
      'store, or one data node, or allow an unfenced store in the configuration',
  );
}

/** Versions of the writers that won. */
async function race(options: ProbeOptions, condition: PutOptions): Promise<string[]> {
  const { stores, bucket, key, writers = DEFAULT_WRITERS } = options;
  const attempts = Array.from({ length: writers }, (_, i) => {
    const store = stores[i % stores.length] ?? stores[0];
    return tryPut(store, { bucket, key }, condition, `writer ${i} ${JSON.stringify(condition)}`);
  });
  const etags = await Promise.all(attempts);
  return etags.filter((etag) => etag !== null);
}

/** The new version, or null when the condition did not hold. */
async function tryPut(
  store: ObjectStore,
  at: { bucket: string; key: string },
  condition: PutOptions,
  content = 'probe',
): Promise<string | null> {
  try {
    return (await store.put(at, new TextEncoder().encode(content), condition)).etag;
  } catch (error) {
    // Losers of a race are answered in several ways (409, 412, 500): none of them has won. If all
    // are, nobody has, and that is reported.
    if (errorKind(error) === 'conflict' || errorKind(error) === 'not-found') return null;
    if (errorKind(error) === 'unavailable') return null;
    throw error;
  }
}
