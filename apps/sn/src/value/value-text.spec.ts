import fc from 'fast-check';
import { formatElements, formatJson, RawJson, type Datatype } from '#hdf5';
import { replyBytes, ValueText } from './value-text.js';

const DOUBLE: Datatype = { class: 'float', size: 8, littleEndian: true };

function doubles(values: readonly number[]) {
  return { itemSize: 8, bytes: new Uint8Array(Float64Array.from(values).buffer) } as const;
}

describe('replyBytes', () => {
  it('is the JSON of all members, with the value where it stands', () => {
    const numbers = fc.array(fc.double(), { maxLength: 40 });
    const property = fc.property(numbers, fc.integer({ min: 1, max: 700 }), (some, times) => {
      const values = Array.from({ length: times }, () => some).flat();
      const form = { type: DOUBLE, dims: [values.length], ignoreNan: false };
      const elements = doubles(values);
      const members = { status: 200, hrefs: ['\0', 'http://x/?a=\u0000'] };
      const value = new RawJson(formatElements(DOUBLE, form.dims, elements));
      for (const order of ['first', 'last']) {
        const text = new ValueText(elements, form);
        const reply = replyBytes(
          order === 'first' ? { value: text, ...members } : { ...members, value: text },
        );
        const expected = order === 'first' ? { value, ...members } : { ...members, value };
        expect(reply.toString('latin1')).toBe(formatJson(expected));
      }
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('needs no value', () => {
    expect(replyBytes({ indices: [1, 2] }).toString()).toBe('{"indices": [1, 2]}');
  });
});
