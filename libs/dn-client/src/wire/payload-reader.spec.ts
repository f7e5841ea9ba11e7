import { PayloadReader } from './chunk-parts.js';

describe('PayloadReader', () => {
  it.each([Buffer.from, (bytes: number[]) => new Uint8Array(bytes)])(
    'takes offsets out of the middle of a message, Buffer or not',
    (make) => {
      const message = make([9, 9, 9, 1, 0, 0, 0, 2, 1, 0, 0, 7]);
      const reader = new PayloadReader(message.subarray(3));
      expect([...reader.takeOffsets(2)]).toEqual([1, 258]);
      expect([...reader.take(1)]).toEqual([7]);
    },
  );

  it('refuses to read past the end', () => {
    const reader = new PayloadReader(Buffer.alloc(3));
    expect(() => reader.takeOffsets(1)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});
