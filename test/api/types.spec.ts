import { describeApi, itHere } from '../kit/api.js';
import { OCTETS } from '../kit/client.js';
import { compound, F32, F64, fixedString, I32, VSTR, type TestFile } from '../kit/file.js';

const INT8 = { class: 'H5T_INTEGER', base: 'H5T_STD_I8LE' };
const BOOL = { class: 'H5T_ENUM', base: INT8, mapping: { FALSE: 0, TRUE: 1 } };
const REF = { class: 'H5T_REFERENCE', base: 'H5T_STD_REF_OBJ' };

/** A type, a value of it, what is read back, and the bytes of one element in hex. */
const VALUES: [object, unknown, unknown, string][] = [
  [INT8, -1, -1, 'ff'],
  [{ class: 'H5T_INTEGER', base: 'H5T_STD_U16BE' }, 258, 258, '0102'],
  [{ class: 'H5T_FLOAT', base: 'H5T_IEEE_F16LE' }, 1.5, 1.5, '003e'],
  [{ class: 'H5T_FLOAT', base: 'H5T_IEEE_F16BE' }, -2, -2, 'c000'],
  [{ class: 'H5T_INTEGER', base: 'H5T_STD_I64BE' }, -2, -2, 'fffffffffffffffe'],
  [{ class: 'H5T_FLOAT', base: F32 }, 0.1, 0.10000000149011612, 'cdcccc3d'],
  [{ class: 'H5T_FLOAT', base: 'H5T_IEEE_F64BE' }, -2, -2, 'c000000000000000'],
  [BOOL, true, true, '01'],
  [{ ...BOOL, mapping: { RED: 0, BLUE: 9 } }, 9, 9, '09'],
  [fixedString(3), 'ab', 'ab', '616200'],
  [{ class: 'H5T_OPAQUE', size: 3 }, 'ab', 'ab\u0000', '616200'],
  [compound(['a', I32], ['b', fixedString(2)]), [1, 'x'], [1, 'x'], '010000007800'],
  [
    compound(
      ['id', I32],
      ['pos', { class: 'H5T_ARRAY', dims: [2], base: F64 }],
      ['t', fixedString(3)],
    ),
    [7, [0.5, 1.5], 'ab'],
    [7, [0.5, 1.5], 'ab'],
    '07000000000000000000e03f000000000000f83f616200',
  ],
  [compound(['r', F64], ['i', F64]), [1, -1], [1, -1], '000000000000f03f000000000000f0bf'],
  [compound(['u', 'H5T_STD_U16BE'], ['x', 'H5T_IEEE_F32BE']), [258, -2], [258, -2], '0102c0000000'],
  [compound(['in', compound(['x', I32])], ['y', BOOL]), [[5], false], [[5], false], '0500000000'],
];

describeApi('types and their values', (api) => {
  let file: TestFile;

  beforeAll(async () => {
    file = await api.file();
  });

  it.each(VALUES)(
    '[2/3.3.4] [3/8.11] [2/4] [3/8.2] [3/8.7] %j: %j is read as %j',
    async (...vector) => {
      const [type, value, read, hex] = vector;
      const id = await file.dataset(type, [2]);
      const path = `/datasets/${id}/value`;
      const put = await file.put(path, { select: '[1:2]', value: [value] });
      expect(put.status).toBe(200);
      const json = (await file.value(id, { select: '[1:2]' })) as unknown[];
      expect(json).toEqual([read]);
      const bytes = await file.get(path, { select: '[1:2]' }, { accept: OCTETS });
      expect(bytes.bytes.toString('hex')).toBe(hex);
      expect((await file.put(path, bytes.bytes, { query: { select: '[0:1]' } })).status).toBe(200);
      const both = await file.get(path, {}, { accept: OCTETS });
      expect(both.bytes.toString('hex')).toBe(hex + hex);
    },
  );

  it('[2/3.3.3] only FALSE and TRUE over int8 are booleans', async () => {
    const base = { class: 'H5T_INTEGER', base: 'H5T_STD_U8LE' };
    const plain = await file.filled({ ...BOOL, base }, [2], [1, 0]);
    expect(await file.value(plain)).toEqual([1, 0]);
  });

  it.each([
    ['3.3.1', { class: 'H5T_TIME' }],
    ['3.3.1', { class: 'H5T_BITFIELD', base: 'H5T_STD_B8LE' }],
    ['3.3.1', [I32]],
    ['3.3.1', 5],
    ['3.3.2', { class: 'H5T_FLOAT', base: F32, dims: [2] }],
    ['3.3.2', { ...fixedString(2), dims: [2] }],
    ['3.3.7', { class: 'H5T_VLEN', base: 't-314d61b8-9954-11e6-a733-3c15c2da029e' }],
    ['3.2', 'H5T_NATIVE_INT'],
    ['3.2', 'H5T_STD_B8LE'],
    ['3.2', 'H5T_C_S1'],
    ['3.3', { class: 'H5T_STRING', charSet: 'H5T_CSET_ASCII', length: '5' }],
    ['3.3', { class: 'H5T_STRING', length: 5 }],
    ['3.3', { class: 'H5T_ENUM', base: INT8, mapping: {} }],
    ['3.3', { class: 'H5T_COMPOUND' }],
    ['3.3', { class: 'H5T_REFERENCE', base: 'H5T_STD_REF_FOO' }],
  ])('[2/%s] the type %j is 400', async (_rule, type) => {
    expect((await file.post('/datasets', { type, shape: [1] })).status).toBe(400);
    expect((await file.post('/datatypes', { type })).status).toBe(400);
    const path = `/groups/${file.root}/attributes/bad`;
    expect((await file.put(path, { type })).status).toBe(400);
  });

  it('[2/3.3.6] values of enums are not checked against the mapping', async () => {
    const type = { class: 'H5T_ENUM', base: INT8, mapping: { BIG: 4711 } };
    const id = await file.filled(type, [1], [3]);
    expect(await file.value(id)).toEqual([3]);
    const name = await file.put(`/datasets/${id}/value`, { value: ['BIG'] });
    expect(name.status).toBe(400);
  });

  it('[2/3.4.5] the full type of a committed one is an ordinary type', async () => {
    const type = { class: 'H5T_FLOAT', base: F32, id: 't-314d61b8-9954-11e6-a733-3c15c2da029e' };
    const id = await file.dataset(type, [1]);
    expect((await file.get(`/datasets/${id}/type`)).at('type')).toEqual(type);
  });

  it('[2/4.1] [3/8.5] references are text, whatever they name', async () => {
    const texts = ['datasets/nothing', `groups/${file.root}`, file.root, ''];
    const id = await file.filled({ ...REF, length: 38 }, [4], texts);
    expect(await file.value(id)).toEqual(texts);
    const bytes = await file.get(`/datasets/${id}/value`, {}, { accept: OCTETS });
    expect(bytes.bytes.length).toBe(4 * 48);
  });

  itHere('[3/8.5] [2/3.5] region references without a length take 48 bytes', async () => {
    const type = { class: 'H5T_REFERENCE', base: 'H5T_STD_REF_DSETREG' };
    const id = await file.dataset(type, [2]);
    const bytes = await file.get(`/datasets/${id}/value`, {}, { accept: OCTETS });
    expect(bytes.bytes.length).toBe(96);
  });

  it('[2/4.3] [3/8.8] sequences of strings are made but take no values', async () => {
    const id = await file.dataset({ class: 'H5T_VLEN', base: VSTR }, [2]);
    const put = await file.put(`/datasets/${id}/value`, { value: [['a'], ['b', 'c']] });
    expect(put.status).toBeGreaterThanOrEqual(400);
    expect((await file.get('/')).status).toBe(200);
  });

  it('[2/4.4] text that is no UTF-8 survives in bytes', async () => {
    const id = await file.dataset(fixedString(2), [1]);
    await file.put(`/datasets/${id}/value`, Buffer.from([0xfe, 0xff]));
    const bytes = await file.get(`/datasets/${id}/value`, {}, { accept: OCTETS });
    expect(bytes.bytes.toString('hex')).toBe('feff');
  });

  itHere('[3/19.38] and its JSON is an answer nevertheless', async () => {
    const id = await file.dataset(fixedString(2), [1]);
    await file.put(`/datasets/${id}/value`, Buffer.from([0xfe, 0xff]));
    expect([200, 400]).toContain((await file.get(`/datasets/${id}/value`)).status);
  });

  itHere(
    '[3/8.10] [3/19.36] big-endian scalars beside variable data arrive as little-endian',
    async () => {
      const type = compound(['a', 'H5T_STD_U32BE'], ['s', VSTR]);
      const id = await file.dataset(type, [1]);
      const body = Buffer.from('01000000' + '02000000' + '6869', 'hex');
      expect((await file.put(`/datasets/${id}/value`, body)).status).toBe(200);
      expect(await file.value(id)).toEqual([[1, 'hi']]);
      const bytes = await file.get(`/datasets/${id}/value`, {}, { accept: OCTETS });
      expect(bytes.bytes.toString('hex')).toBe('00000001' + '02000000' + '6869');
    },
  );

  itHere('[3/8.3] a text cut inside a character is read without the part', async () => {
    const id = await file.filled(fixedString(4, 'H5T_CSET_UTF8'), [1], ['é數']);
    const bytes = await file.get(`/datasets/${id}/value`, {}, { accept: OCTETS });
    expect(bytes.bytes.toString('hex')).toBe('c3a9e695');
    expect(((await file.value(id)) as string[])[0]).toMatch(/^é/);
  });

  itHere(
    '[3/6.3.5] [3/6.3.6] [3/6.3.7] arrays, sequences and single fields inside compounds',
    async () => {
      const type = compound(['v', { class: 'H5T_ARRAY', dims: [5], base: I32 }], ['x', F64]);
      const rows = [
        [[1, 2, 3, 4, 5], 0.5],
        [[6, 7, 8, 9, 10], 1.5],
      ];
      const id = await file.filled(type, [2], rows);
      expect(await file.value(id)).toEqual(rows);
      await file.write(id, [2.5, 3.5], { fields: 'x' });
      await file.write(id, [[4.5]], { fields: 'x', select: '[1:2]' });
      expect(await file.value(id, { fields: 'x' })).toEqual([[2.5], [4.5]]);
      const mixed = compound(['n', I32], ['s', VSTR], ['l', { class: 'H5T_VLEN', base: I32 }]);
      const m = await file.filled(
        mixed,
        [2],
        [
          [7, 'né', [1, 2]],
          [-1, '', []],
        ],
      );
      expect(((await file.value(m)) as unknown[])[0]).toEqual([7, 'né', [1, 2]]);
    },
  );

  it('[3/9.6] [3/3.5] fill values show wherever nothing was written', async () => {
    const properties = { creationProperties: { fillValue: ['blank', -999] } };
    const type = compound(['s', fixedString(8)], ['n', I32]);
    const id = await file.dataset(type, [3], properties);
    expect(await file.value(id)).toEqual(Array(3).fill(['blank', -999]));
    await file.write(id, [['x', 1]], { select: '[1:2]' });
    expect(await file.value(id)).toEqual([
      ['blank', -999],
      ['x', 1],
      ['blank', -999],
    ]);
    const n = await file.dataset(I32, [4], { creationProperties: { fillValue: 42 } });
    await file.write(n, [1, 2, 3], { select: '[[2,2,0]]' });
    expect(await file.value(n)).toEqual([3, 42, 2, 42]);
  });

  it('[3/9.7] an initialiser computes what was never written', async () => {
    const initializer = ['arange', '--start=5', '--step=2'];
    const id = await file.dataset(I32, [4_000_000], { creationProperties: { initializer } });
    expect(await file.value(id, { select: '[0:3]' })).toEqual([5, 7, 9]);
    expect(await file.value(id, { select: '[3999999]' })).toEqual([8000003]);
  });

  it('[3/19.10] [3/6.11] [3/7.4] writing the fill value allocates nothing; queries skip such chunks', async () => {
    const fresh = await api.file();
    const zeros = await fresh.filled(I32, [4], [0, 0, 0, 0], { h5path: 'z' });
    await fresh.put('/?flush=1&rescan=1', 'null');
    expect((await fresh.get(`/datasets/${zeros}`, { verbose: 1 })).at('num_chunks')).toBe(0);
    const rows = await fresh.dataset(compound(['n', I32]), [3]);
    expect(await fresh.value(rows, { query: 'n == 0' })).toEqual([]);
  });

  itHere('[3/19.31] negative zero is not zero', async () => {
    const id = await file.filled(F64, [1], [0.5]);
    await file.write(id, [0]);
    const body = '{"value": [-0.0]}';
    expect((await file.put(`/datasets/${id}/value`, body)).status).toBe(200);
    expect((await file.get(`/datasets/${id}/value`)).text).toContain('[-0.0]');
  });
});
