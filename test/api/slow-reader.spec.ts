import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { describeApi, itHere } from '../kit/api.js';
import { basic, OCTETS } from '../kit/client.js';
import { F64, VSTR, type TestFile } from '../kit/file.js';

const MIB = 1024 * 1024;
/** Of numbers, and of texts, which are slower to put together. */
const ROWS = 512;
const TEXT_ROWS = 256;
/** Doubles of a row of 1 MiB. */
const ROW = MIB / 8;
const TEXT_BYTES = 1024;
/** What the server may hold for one reply: a few pages, and what sockets buffer. */
const HELD_BYTES_MAX = 192 * MIB;
/** Requests that others make meanwhile. */
const OTHERS = 200;

describeApi('a client that reads a large value slowly', (api) => {
  let file: TestFile;
  let numbers: string;
  let texts: string;

  beforeAll(async () => {
    file = await api.file();
    const filled = (type: unknown, shape: number[], fillValue: unknown) =>
      file.dataset(type, shape, { creationProperties: { fillValue } });
    numbers = await filled(F64, [ROWS, ROW], 1.5);
    // A text and the four bytes of its length.
    texts = await filled(VSTR, [TEXT_ROWS, MIB / TEXT_BYTES], 'x'.repeat(TEXT_BYTES - 4));
  });

  const open = async (id: string): Promise<IncomingMessage> => {
    const asked = get(`${api.client.endpoint}/datasets/${id}/value`, {
      headers: {
        accept: OCTETS,
        authorization: basic('test_user1'),
        'x-hdf-domain': file.path,
      },
    });
    const [reply] = (await once(asked, 'response')) as [IncomingMessage];
    return reply;
  };

  itHere.each([
    ['numbers', ROWS],
    ['texts', TEXT_ROWS],
  ])('costs the server a few pages, and others are served: %s', async (what, rows) => {
    const before = process.memoryUsage().arrayBuffers;
    const held = () => process.memoryUsage().arrayBuffers - before;
    const reply = await open(what === 'numbers' ? numbers : texts);
    await once(reply, 'readable');
    let most = 0;
    for (let nth = 0; nth < OTHERS; nth += 1) {
      await file.value(numbers, { select: `[${nth},0:3]` });
      most = Math.max(most, held());
    }
    expect(most).toBeLessThan(HELD_BYTES_MAX);
    let bytes = 0;
    for await (const part of reply) {
      const { length } = part as Buffer;
      bytes += length;
      // Of what is read and done with some waits for the collector.
      if (bytes % (64 * MIB) < length) expect(held()).toBeLessThan(2 * HELD_BYTES_MAX);
    }
    expect(bytes).toBe(rows * MIB);
  });

  itHere('may leave in the middle', async () => {
    const replies = await Promise.all([open(numbers), open(texts), open(numbers)]);
    for (const reply of replies) {
      await once(reply, 'readable');
      reply.destroy();
    }
    expect(await file.value(numbers, { select: '[511,0:2]' })).toEqual([[1.5, 1.5]]);
  });
});
