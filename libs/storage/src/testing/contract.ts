import { errorKind } from '#hdf5';
import { compareKeys } from '../key-order.js';
import type { ObjectStore } from '../object-store.js';
import { describeConditions } from './contract-conditions.js';
import { describeListing } from './contract-listing.js';

/** A store under test. */
export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** Frees what `open` made besides the store. */
  readonly cleanUp?: () => Promise<void>;
}

export interface ContractOptions {
  /** ETags differ even between writes of equal content (default); S3's do not. */
  readonly etagPerWrite?: boolean;
  /** The store keeps metadata (default). */
  readonly metadata?: boolean;
  /** The store heeds conditions on deletions (default). */
  readonly conditionalDelete?: boolean;
}

/** Gives each group of tests the store, with a bucket of its own. */
export interface ContractContext {
  readonly options: Required<ContractOptions>;
  readonly store: () => ObjectStore;
  /** An address that no other test uses. */
  readonly fresh: (name?: string) => { bucket: string; key: string };
}

/** The bucket that the tests make. */
export const CONTRACT_BUCKET = 'hsds-contract';

/** What every driver and layer must do; call it at the top of a spec. */
export function describeObjectStore(
  name: string,
  open: () => Promise<StoreUnderTest>,
  options: ContractOptions = {},
): void {
  describe(`object store contract: ${name}`, () => {
    let opened: StoreUnderTest | undefined;
    let count = 0;
    const store = () => {
      if (opened === undefined) throw new Error('the store did not open');
      return opened.store;
    };
    const context: ContractContext = {
      options: { etagPerWrite: true, metadata: true, conditionalDelete: true, ...options },
      store,
      fresh: (key = 'object') => {
        count++;
        return { bucket: CONTRACT_BUCKET, key: `test-${process.pid}-${count}/${key}` };
      },
    };
    beforeAll(async () => {
      opened = await open();
      await opened.store.createBucket(CONTRACT_BUCKET);
    });
    afterAll(async () => {
      await opened?.store.close();
      await opened?.cleanUp?.();
    });
    describeBuckets(context);
    describeContent(context);
    describeReplacement(context);
    describeRanges(context);
    describeNames(context);
    describeConditions(context);
    describeListing(context);
  });
}

/** The kind of the error that a call ends in; `none` when it succeeds. */
export async function kindOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    return errorKind(error);
  }
}

const text = new TextEncoder();

function describeBuckets({ store }: ContractContext): void {
  it('knows which buckets there are, and creates one twice without harm', async () => {
    expect(await store().bucketExists('hsds-contract-none')).toBe(false);
    await store().createBucket(CONTRACT_BUCKET);
    expect(await store().bucketExists(CONTRACT_BUCKET)).toBe(true);
  });

  it('says not-found for a bucket that is not there', async () => {
    const address = { bucket: 'hsds-contract-none', key: 'a/b' };
    expect(await kindOf(store().get(address))).toBe('not-found');
    expect(await kindOf(store().put(address, new Uint8Array(1)))).toBe('not-found');
    expect(await kindOf(store().list(address.bucket, { prefix: '' }))).toBe('not-found');
  });
}

function describeContent({ store, fresh, options }: ContractContext): void {
  it('gives back what was put, empty content too', async () => {
    for (const bytes of [new Uint8Array(0), text.encode('abc'), new Uint8Array(100_000).fill(7)]) {
      const address = fresh();
      const metadata = { 'hsds-w': 'boot:1', other: 'x' };
      const { etag } = await store().put(address, bytes, { metadata, sync: bytes.length === 3 });
      const found = await store().get(address);
      const kept = options.metadata ? metadata : {};
      expect(found).toMatchObject({ etag, size: bytes.length, metadata: kept });
      expect(found !== null && found !== 'not-modified' && found.bytes).toEqual(bytes);
      expect(await store().head(address)).toMatchObject({ etag, size: bytes.length });
      expect((await store().head(address))?.metadata).toEqual(kept);
      expect((await store().head(address))?.lastModified).toBeGreaterThan(1_600_000_000);
    }
  });

  it('is not changed by later use of the buffer', async () => {
    const address = fresh();
    const bytes = text.encode('abc');
    await store().put(address, bytes);
    bytes.fill(0);
    expect(await store().get(address)).toMatchObject({ bytes: text.encode('abc') });
  });

  it('has null for what is missing, and deletes it gladly', async () => {
    const address = fresh();
    expect(await store().get(address)).toBeNull();
    expect(await store().head(address)).toBeNull();
    await store().delete(address);
    await store().put(address, text.encode('x'));
    await store().delete(address);
    expect(await store().get(address)).toBeNull();
  });
}

function describeReplacement({ store, fresh }: ContractContext): void {
  it('replaces content and metadata together', async () => {
    const address = fresh();
    await store().put(address, text.encode('one'), { metadata: { v: '1' } });
    await store().put(address, text.encode('two'));
    expect(await store().get(address)).toMatchObject({ bytes: text.encode('two'), metadata: {} });
  });

  it('never shows half of a write', async () => {
    const address = fresh();
    await store().put(address, new Uint8Array(50_000).fill(1));
    const writes = [2, 3, 4, 5].map((fill) =>
      store().put(address, new Uint8Array(50_000 + fill).fill(fill)),
    );
    const reads = Array.from({ length: 12 }, () => store().get(address));
    for (const found of await Promise.all(reads)) {
      if (found === null || found === 'not-modified') throw new Error('the object vanished');
      const [fill = 0] = found.bytes;
      expect(found.bytes.length).toBe(fill === 1 ? 50_000 : 50_000 + fill);
      expect(found.bytes.every((byte) => byte === fill)).toBe(true);
    }
    await Promise.all(writes);
  });
}

function describeRanges({ store, fresh }: ContractContext): void {
  it('reads ranges, and of those past the end what exists', async () => {
    const address = fresh();
    const bytes = Uint8Array.from({ length: 10 }, (_, at) => at);
    await store().put(address, bytes);
    for (const [offset, length] of [
      [0, 10],
      [3, 4],
      [8, 5],
      [10, 1],
      [100, 5],
      [2, 0],
    ] as const) {
      const found = await store().get(address, { range: { offset, length } });
      expect(found).toMatchObject({ size: 10, bytes: bytes.slice(offset, offset + length) });
    }
    expect(await store().get(fresh(), { range: { offset: 0, length: 2 } })).toBeNull();
  });
}

function describeNames({ store, fresh }: ContractContext): void {
  it('keeps names apart that differ in any character', async () => {
    const names = ['a b', 'a+b', 'a%20b', 'ä', 'a\u0308', '.domain.json', '\u{1F600}', 'x&<>"'];
    const base = fresh('x').key;
    for (const name of names) {
      const address = { bucket: CONTRACT_BUCKET, key: `${base}/${name}` };
      await store().put(address, text.encode(name));
    }
    for (const name of names) {
      const found = await store().get({ bucket: CONTRACT_BUCKET, key: `${base}/${name}` });
      expect(found).toMatchObject({ bytes: text.encode(name) });
    }
    const page = await store().list(CONTRACT_BUCKET, { prefix: `${base}/` });
    const listed = page.objects.map(({ key }) => key.slice(base.length + 1));
    expect(listed).toEqual([...names].sort(compareKeys));
  });

  it('refuses names that it cannot hold or that leave the bucket', async () => {
    const bad = ['', '/a', 'a/', 'a//b', '../a', 'a/../../b', 'a/./b', '..', 'a\0b', '\ud800'];
    for (const key of [...bad, 'k'.repeat(1025)]) {
      const address = { bucket: CONTRACT_BUCKET, key };
      expect([key, await kindOf(store().get(address))]).toEqual([key, 'invalid']);
      expect(await kindOf(store().put(address, new Uint8Array(1)))).toBe('invalid');
      expect(await kindOf(store().delete(address))).toBe('invalid');
    }
    for (const bucket of ['', '..', '.hsds', 'a/b', 'a b']) {
      expect(await kindOf(store().get({ bucket, key: 'x' }))).toBe('invalid');
      expect(await kindOf(store().list(bucket, { prefix: '' }))).toBe('invalid');
    }
    expect(await kindOf(store().list(CONTRACT_BUCKET, { prefix: '../' }))).toBe('invalid');
  });
}
