import { defined } from '#hdf5';
import { kindOf, type ContractContext } from './contract.js';

const ONE = Uint8Array.of(1);
const TWO = Uint8Array.of(2);

/** Conditional reads and writes, alone and racing. */
export function describeConditions(context: ContractContext): void {
  describeReads(context);
  describeWrites(context);
  describeRaces(context);
}

function describeReads({ store, fresh, options }: ContractContext): void {
  it('answers not-modified while the version is the same', async () => {
    const address = fresh();
    const { etag } = await store().put(address, ONE);
    expect(await store().get(address, { ifNoneMatch: etag })).toBe('not-modified');
    await store().put(address, TWO);
    expect(await store().get(address, { ifNoneMatch: etag })).toMatchObject({ bytes: TWO });
  });

  it('gives every version another ETag, also when content comes back', async () => {
    const address = fresh();
    const etags = [];
    for (const bytes of [ONE, TWO, ONE, TWO]) {
      etags.push((await store().put(address, bytes)).etag);
    }
    await store().delete(address);
    etags.push((await store().put(address, ONE)).etag);
    expect(new Set(etags).size).toBe(options.etagPerWrite ? 5 : 2);
  });
}

function describeWrites({ store, fresh, options }: ContractContext): void {
  it('writes with ifAbsent only what is not there', async () => {
    const address = fresh();
    await store().put(address, ONE, { ifAbsent: true });
    expect(await kindOf(store().put(address, TWO, { ifAbsent: true }))).toBe('conflict');
    expect(await store().get(address)).toMatchObject({ bytes: ONE });
    await store().delete(address);
    expect(await kindOf(store().put(address, TWO, { ifAbsent: true }))).toBe('none');
  });

  it('writes with ifMatch only over that version', async () => {
    const address = fresh();
    const first = await store().put(address, ONE);
    const second = await store().put(address, TWO, { ifMatch: first.etag });
    expect(await kindOf(store().put(address, ONE, { ifMatch: first.etag }))).toBe('conflict');
    expect(await store().head(address)).toMatchObject({ etag: second.etag });
    const nowhere = store().put(fresh(), ONE, { ifMatch: second.etag });
    expect(await kindOf(nowhere)).toBe('conflict');
  });

  if (!options.conditionalDelete) return;
  it('deletes with ifMatch only that version', async () => {
    const address = fresh();
    const first = await store().put(address, ONE);
    const second = await store().put(address, TWO);
    expect(await kindOf(store().delete(address, { ifMatch: first.etag }))).toBe('conflict');
    expect(await store().head(address)).not.toBeNull();
    await store().delete(address, { ifMatch: second.etag });
    expect(await store().head(address)).toBeNull();
  });
}

function describeRaces({ store, fresh }: ContractContext): void {
  it('lets exactly one of many conditional writers win', async () => {
    for (const condition of ['ifAbsent', 'ifMatch'] as const) {
      const address = fresh();
      const etag = condition === 'ifMatch' ? (await store().put(address, TWO)).etag : undefined;
      const how = etag === undefined ? { ifAbsent: true } : { ifMatch: etag };
      const writers = Array.from({ length: 16 }, (_, at) =>
        store().put(address, Uint8Array.of(100, at), how),
      );
      const kinds = await Promise.all(writers.map(kindOf));
      const losers = kinds.filter((kind) => kind === 'conflict' || kind === 'unavailable');
      expect({ condition, losers: losers.length }).toEqual({ condition, losers: 15 });
      expect(await store().get(address)).toMatchObject({
        bytes: Uint8Array.of(100, kinds.indexOf('none')),
      });
    }
  });

  it('counts right when many increment by compare and swap', async () => {
    const address = fresh();
    await store().put(address, Uint8Array.of(0));
    const increment = async () => {
      for (;;) {
        const found = await store().get(address);
        if (found === null || found === 'not-modified') throw new Error('the counter vanished');
        const next = Uint8Array.of(defined(found.bytes[0], 'count') + 1);
        const kind = await kindOf(store().put(address, next, { ifMatch: found.etag }));
        if (kind === 'none') return;
        if (kind !== 'conflict' && kind !== 'unavailable') throw new Error(kind);
      }
    };
    await Promise.all(Array.from({ length: 8 }, increment));
    expect(await store().get(address)).toMatchObject({ bytes: Uint8Array.of(8) });
  });
}
