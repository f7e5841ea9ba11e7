import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import type { FilterEntry } from '../object/chunk-spec.js';
import type { FloatType, IntegerType } from '../datatype/datatype.js';
import { decodeChunk } from './pipeline.js';
import { decodeReferencedChunk } from './referenced.js';

interface Golden {
  name: string;
  kind: 'stored' | 'referenced';
  plain: string;
  stored: string;
  itemSize: number;
  filters: FilterEntry[];
  type?: string;
  fill?: string;
}

const folder = new URL('../../../../test/fixtures/filters/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder));
const index = JSON.parse(read('index.json').toString()) as Golden[];

/** numpy's short name of a number type, `<i4`. */
function numberType(name: string): IntegerType | FloatType {
  const size = Number(name.slice(2)) as 4;
  const littleEndian = !name.startsWith('>');
  if (name[1] === 'f') return { class: 'float', size, littleEndian };
  return { class: 'integer', size, littleEndian, signed: name[1] === 'i' };
}

describe('golden chunks', () => {
  it.each(index.filter(({ kind }) => kind === 'stored').map((golden) => [golden.name, golden]))(
    'that HSDS or Blosc wrote are read: %s',
    async (_name, { plain, stored, filters, itemSize }) => {
      const expected = inflateSync(read(plain));
      const coding = { filters, itemSize, plainSize: expected.length };
      expect(Buffer.compare(await decodeChunk(read(stored), coding), expected)).toBe(0);
    },
  );

  it.each(index.filter(({ kind }) => kind === 'referenced').map((golden) => [golden.name, golden]))(
    'of HDF5 files are read: %s',
    async (_name, { plain, stored, filters, itemSize, type, fill }) => {
      const expected = inflateSync(read(plain));
      const decoded = await decodeReferencedChunk(read(stored), {
        filters,
        itemSize,
        plainSize: expected.length,
        type: type === undefined ? undefined : numberType(type),
        fill: fill === undefined ? undefined : Buffer.from(fill, 'hex'),
      });
      expect(Buffer.compare(decoded, expected)).toBe(0);
    },
  );
});
