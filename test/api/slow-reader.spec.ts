import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { describeApi, itHere } from '../kit/api.js';
import { basic, OCTETS } from '../kit/client.js';
import { F64, type TestFile } from '../kit/file.js';

const MIB = 1024 * 1024;
const ROWS = 512;
/** Doubles of a row of 1 MiB. */
const ROW = MIB / 8;
/** What the server may hold for one reply: a few pages, and what sockets buffer. */
const HELD_BYTES_MAX = 128 * MIB;
/** Requests that others make meanwhile. */
const OTHERS = 200;

describeApi('a client that reads a value of 512 MiB slowly', (api) => {
  let file: TestFile;
  let id: string;

  beforeAll(async () => {
    file = await api.file();
    id = await file.dataset(F64, [ROWS, ROW], { creationProperties: { fillValue: 1.5 } });
  });

  const open = async (): Promise<IncomingMessage> => {
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

  itHere('costs the server a few pages, and others are served', async () => {
    const before = process.memoryUsage();
    const reply = await open();
    expect(reply.headers['content-length']).toBe(String(ROWS * MIB));
    await once(reply, 'readable');
    let held = 0;
    for (let nth = 0; nth < OTHERS; nth += 1) {
      await file.value(id, { select: `[${nth},0:3]` });
      held = Math.max(held, process.memoryUsage().arrayBuffers - before.arrayBuffers);
    }
    expect(held).toBeLessThan(HELD_BYTES_MAX);
    let bytes = 0;
    for await (const part of reply) {
      const { length } = part as Buffer;
      bytes += length;
      if (bytes % (64 * MIB) < length) {
        held = process.memoryUsage().arrayBuffers - before.arrayBuffers;
        expect(held).toBeLessThan(2 * HELD_BYTES_MAX);
      }
    }
    expect(bytes).toBe(ROWS * MIB);
  });

  itHere('may leave in the middle', async () => {
    const replies = await Promise.all([open(), open(), open()]);
    for (const reply of replies) {
      await once(reply, 'readable');
      reply.destroy();
    }
    expect(await file.value(id, { select: '[511,0:2]' })).toEqual([[1.5, 1.5]]);
  });
});
