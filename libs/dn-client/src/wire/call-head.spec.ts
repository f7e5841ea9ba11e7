import fc from 'fast-check';
import { decodeCallHead, encodeCallHead } from './call-head.js';

const text = fc.string({ maxLength: 100 });
const context = fc.record(
  {
    requestId: text,
    durability: fc.constantFrom('D0', 'D3'),
    repeated: fc.constant(true),
    tag: fc.record({ epoch: fc.nat(), fingerprint: text }),
  },
  { requiredKeys: ['requestId'] },
);

describe('the head of a call', () => {
  it('says what its context says', () => {
    fc.assert(
      fc.property(context, (context) => {
        const head = decodeCallHead(Buffer.from(encodeCallHead('domain.read', context)));
        expect(head).toEqual({ operation: 'domain.read', context: { trace: {}, ...context } });
      }),
    );
  });

  it.each([false, 'true', 1])('says of no first try that it is a repeat (%j)', (repeated) => {
    const json = { op: 'domain.read', rq: 'r', repeated };
    const { context } = decodeCallHead(Buffer.from(JSON.stringify(json)));
    expect(context.repeated).toBeUndefined();
  });
});
