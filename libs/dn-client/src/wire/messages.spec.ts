import fc from 'fast-check';
import { MessageReader, messagePrefix, numberAfter, CONTENT_BYTES_MAX } from './messages.js';

interface Sent {
  readonly number: number;
  readonly mark: number;
  readonly content: Uint8Array;
}

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const message: fc.Arbitrary<Sent> = fc.record({
  number: u32,
  mark: u32,
  content: fc.uint8Array({ maxLength: 60 }),
});

function stream(messages: readonly Sent[]): Buffer {
  return Buffer.concat(
    messages.flatMap(({ number, mark, content }) => [
      messagePrefix(number, mark, content.length),
      content,
    ]),
  );
}

function collector() {
  const got: Sent[] = [];
  const reader = new MessageReader((number, mark, content) => {
    got.push({ number, mark, content: new Uint8Array(content) });
  });
  return { got, reader };
}

describe('MessageReader', () => {
  it('puts the same messages together however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(message),
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        (all, cuts) => {
          const { got, reader } = collector();
          const bytes = stream(all);
          for (let at = 0; at < bytes.length;) {
            const end = at + (cuts.next().value as number);
            // Memory that is used again, as a socket's is.
            const piece = new Uint8Array(bytes.subarray(at, end));
            reader.push(piece);
            at = end;
          }
          expect(got).toEqual(all.map((one) => ({ ...one, content: new Uint8Array(one.content) })));
        },
      ),
    );
  });

  it('tells where the rest of a long content belongs', () => {
    const { got, reader } = collector();
    const content = Uint8Array.from({ length: 100 }, (_value, index) => index);
    const bytes = stream([{ number: 7, mark: 200, content }]);
    reader.push(bytes.subarray(0, 32));
    expect(reader.wanted).toHaveLength(80);
    reader.wanted?.set(content.subarray(20, 60));
    reader.filled(40);
    expect(got).toEqual([]);
    reader.wanted?.set(content.subarray(60));
    reader.filled(40);
    expect(got).toEqual([{ number: 7, mark: 200, content }]);
    expect(reader.wanted).toBeNull();
  });

  it('refuses a content over the bound before it makes room for it', () => {
    const { reader } = collector();
    const prefix = messagePrefix(1, 0, CONTENT_BYTES_MAX + 1);
    expect(() => {
      reader.push(prefix);
    }).toThrow(`expected at most ${CONTENT_BYTES_MAX} bytes, a message of`);
  });
});

it('numbers go on from 1 after 32 bits, since 0 is no call', () => {
  expect(numberAfter(1)).toBe(2);
  expect(numberAfter(0xffff_ffff)).toBe(1);
});
