import fastify, { type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendBytes } from './send-bytes.js';
import type { BytesAnswer } from './value-answer.js';

const PAGE_BYTES = 1024 * 1024;

/** Pages that say what became of them. */
function answerOf(pageCount: number, failAt = Infinity) {
  const made: Uint8Array[] = [];
  const recycled: Uint8Array[] = [];
  const ended = { value: false };
  const page = () => {
    const bytes = new Uint8Array(PAGE_BYTES).fill(made.length);
    made.push(bytes);
    return bytes;
  };
  async function* rest() {
    try {
      for (let number = 1; number < pageCount; number += 1) {
        await Promise.resolve();
        if (number === failAt) throw new Error('the page cannot be read');
        yield page();
      }
    } finally {
      ended.value = true;
    }
  }
  const answer: BytesAnswer = {
    byteLength: pageCount * PAGE_BYTES,
    first: page(),
    more: pageCount === 1 ? null : rest(),
    recycle: (bytes) => recycled.push(bytes.fill(0xff)),
  };
  return { answer, made, recycled, ended };
}

describe('sendBytes', () => {
  let app: FastifyInstance;
  let answer: BytesAnswer;

  beforeEach(async () => {
    app = fastify({ forceCloseConnections: true });
    app.get('/', async (_request, reply) => {
      void reply.header('server', 'test');
      await sendBytes(reply, answer);
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
  });

  afterEach(() => app.close());

  async function ask(): Promise<IncomingMessage> {
    const { port } = app.server.address() as AddressInfo;
    const asked = request({ port, host: '127.0.0.1' }).end();
    const [reply] = (await once(asked, 'response')) as [IncomingMessage];
    return reply;
  }

  async function bodyOf(reply: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of reply) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  it.each([1, 2, 5])('sends %i pages in order, and gives back what was sent', async (count) => {
    const given = answerOf(count);
    answer = given.answer;
    const reply = await ask();
    expect(reply.headers).toMatchObject({
      'content-length': String(count * PAGE_BYTES),
      'content-type': 'application/octet-stream',
      server: 'test',
    });
    const body = await bodyOf(reply);
    const expected = Array.from({ length: count }, (_none, at) => Buffer.alloc(PAGE_BYTES, at));
    expect(Buffer.compare(body, Buffer.concat(expected))).toBe(0);
    expect(given.recycled).toEqual(given.made);
  });

  it('breaks the connection when a later page fails', async () => {
    const given = answerOf(5, 3);
    answer = given.answer;
    await expect(bodyOf(await ask())).rejects.toThrow('aborted');
    expect(given.ended.value).toBe(true);
  });

  it('waits for a slow reader, and stops when it leaves', async () => {
    const given = answerOf(100);
    answer = given.answer;
    const reply = await ask();
    await once(reply, 'readable');
    expect(given.made.length).toBeLessThan(50);
    reply.destroy();
    while (!given.ended.value) await new Promise((resolve) => setImmediate(resolve));
    expect(given.made.length).toBeLessThan(100);
  });
});
