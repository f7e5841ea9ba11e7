import { describeApi, itHere } from '../kit/api.js';
import { OCTETS } from '../kit/client.js';
import { compound, F32, fixedString, I32, I64, U64, VSTR, type TestFile } from '../kit/file.js';

const I16BE = 'H5T_STD_I16BE';

describeApi('encodings of elements', (api) => {
  let file: TestFile;

  beforeAll(async () => {
    file = await api.file();
  });

  const bytes = (id: string) => file.get(`/datasets/${id}/value`, {}, { accept: OCTETS });

  it('[3/19.32] [3/6.3] [3/8.1] 64-bit integers keep every digit, both ways', async () => {
    const signed = await file.dataset(I64, [3]);
    const numbers = '[-9223372036854775808, 9223372036854775807, 9007199254740993]';
    await file.put(`/datasets/${signed}/value`, `{"value": ${numbers}}`);
    const text = (await file.get(`/datasets/${signed}/value`)).text;
    expect(text.replaceAll(' ', '')).toContain(numbers.replaceAll(' ', ''));
    const raw = (await bytes(signed)).bytes;
    expect(raw.readBigInt64LE(16)).toBe(9007199254740993n);
    const unsigned = await file.dataset(U64, [1]);
    await file.put(`/datasets/${unsigned}/value`, Buffer.alloc(8, 0xff));
    expect((await file.get(`/datasets/${unsigned}/value`)).text).toContain(
      '[18446744073709551615]',
    );
  });

  it('[3/19.7] [3/6.3] [3/8.3] conversions: floats truncate, texts are cut, bools count', async () => {
    const n = await file.filled(I32, [3], [1.9, -1.9, true]);
    expect(await file.value(n)).toEqual([1, -1, 1]);
    const s = await file.filled(fixedString(7), [3], ['sorrow.', '12345678', '']);
    expect(await file.value(s)).toEqual(['sorrow.', '1234567', '']);
    const utf8 = await file.filled(fixedString(10, 'H5T_CSET_UTF8'), [1], ['eight: 八']);
    expect(await file.value(utf8)).toEqual(['eight: 八']);
  });

  it('[3/19.5] [3/18.4] [3/8.8] [3/8.9] sequences and variable strings', async () => {
    const text = await file.filled(VSTR, [3], ['one', '八', 'a\u0000b']);
    expect((await bytes(text)).bytes.toString('hex')).toBe(
      '030000006f6e6503000000e585ab03000000610062',
    );
    const vlen = { class: 'H5T_VLEN', base: I16BE };
    const id = await file.dataset(vlen, [3]);
    const body = Buffer.from('04000000000100020000000002000000ffff', 'hex');
    expect((await file.put(`/datasets/${id}/value`, body)).status).toBe(200);
    expect(await file.value(id)).toEqual([[1, 2], 0, [-1]]);
    expect((await bytes(id)).bytes).toEqual(body);
  });

  itHere.each([
    '04000000000100020000000002000000ff',
    'ffffffff',
    'ffffff7f',
    '0300000000010002',
    '04000000000100020000000002000000ffff00',
  ])('[3/8.8] the sequences %s are 400', async (hex) => {
    const id = await file.dataset({ class: 'H5T_VLEN', base: I16BE }, [3]);
    const body = Buffer.from(hex, 'hex');
    expect((await file.put(`/datasets/${id}/value`, body)).status).toBe(400);
    expect(await file.value(id)).toEqual([0, 0, 0]);
  });

  it('[3/8.4] [3/8.2] references, booleans and opaque', async () => {
    const ref = { class: 'H5T_REFERENCE', base: 'H5T_STD_REF_OBJ' };
    const r = await file.filled(ref, [2], [`groups/${file.root}`, '']);
    expect(await file.value(r)).toEqual([`groups/${file.root}`, '']);
    expect((await bytes(r)).bytes.length).toBe(96);
    const base = { class: 'H5T_INTEGER', base: 'H5T_STD_I8LE' };
    const bool = { class: 'H5T_ENUM', base, mapping: { FALSE: 0, TRUE: 1 } };
    const b = await file.filled(bool, [3], [true, false, 1]);
    expect(await file.value(b)).toEqual([true, false, true]);
  });

  itHere(
    '[3/19.34] [3/8.6] [2/16.2] top-level array types read as zeros and take values',
    async () => {
      const type = { class: 'H5T_ARRAY', dims: [3, 2], base: { class: 'H5T_FLOAT', base: F32 } };
      const rows = [
        [1, 2],
        [3, 4],
        [5, 6],
      ];
      const packed = Buffer.from(Float32Array.from(rows.flat()).buffer);
      const id = await file.dataset(type, []);
      expect((await bytes(id)).bytes).toEqual(Buffer.alloc(24));
      expect((await file.put(`/datasets/${id}/value`, packed)).status).toBe(200);
      expect(await file.value(id)).toEqual(rows);
      const two = await file.filled(type, [2], [rows, rows]);
      expect((await bytes(two)).bytes).toEqual(Buffer.concat([packed, packed]));
      expect((await file.put(`/datasets/${two}/value`, packed)).status).toBe(400);
    },
  );

  itHere('[2/16.2] sequences of compounds', async () => {
    const base = compound(['a', I16BE], ['b', fixedString(2)]);
    const sequence = { class: 'H5T_VLEN', base };
    const value = [
      [
        [1, 'x'],
        [2, 'yz'],
      ],
      [[3, '']],
    ];
    const id = await file.filled(sequence, [2], value);
    expect(await file.value(id)).toEqual(value);
    expect((await bytes(id)).bytes.toString('hex')).toBe(
      '08000000' + '00017800' + '0002797a' + '04000000' + '00030000',
    );
    const nested = await file.filled(compound(['n', I16BE], ['s', sequence]), [1], [[7, value[0]]]);
    expect(await file.value(nested)).toEqual([[7, value[0]]]);
    const variable = { class: 'H5T_VLEN', base: compound(['s', VSTR]) };
    expect((await file.post('/datasets', { type: variable, shape: [1] })).status).toBe(400);
  });
});
