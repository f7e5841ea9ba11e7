import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { kindOf } from '../testing/contract.js';
import { ManualClock } from '../testing/index.js';
import type { S3StoreOptions } from './s3-client.js';
import { S3Store } from './s3.js';

const address = { bucket: 'bkt', key: 'db/x/.group.json' };
const bytes = Uint8Array.of(1, 2, 3);

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that gives one canned answer to everything. */
describe('S3Store', () => {
  let server: Server;
  let reply: Reply;
  let seen: IncomingMessage[];
  const stores: S3Store[] = [];
  const clock = new ManualClock();

  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request);
      request.resume().on('end', () => {
        reply(request, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function connect(options: Partial<S3StoreOptions> = {}): S3Store {
    const { port } = server.address() as AddressInfo;
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    const endpoint = `http://127.0.0.1:${port}`;
    const store = new S3Store({ endpoint, credentials, ...options }, clock);
    stores.push(store);
    return store;
  }

  function failing(status: number, code?: string): Reply {
    return ({ method }, response) => {
      const body = code === undefined ? '' : `<Error><Code>${code}</Code></Error>`;
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(method === 'HEAD' ? undefined : body);
    };
  }

  it.each([
    [404, 'NoSuchBucket', 'not-found'],
    [301, 'PermanentRedirect', 'not-found'],
    [403, 'AccessDenied', 'forbidden'],
    [403, 'InvalidAccessKeyId', 'forbidden'],
    [401, undefined, 'forbidden'],
    [409, 'ConditionalRequestConflict', 'unavailable'],
    [412, 'PreconditionFailed', 'conflict'],
    [500, 'InternalError', 'unavailable'],
    [503, 'SlowDown', 'unavailable'],
    [400, 'RequestTimeout', 'unavailable'],
    [400, 'KeyTooLongError', 'invalid'],
    [501, 'NotImplemented', 'unsupported'],
    [418, 'Teapot', 'internal'],
  ])('translates %s %s', async (status, code, kind) => {
    reply = failing(status, code);
    const store = connect();
    expect(await kindOf(store.put(address, bytes, { ifMatch: '"e"' }))).toBe(kind);
    // One attempt: retries are a layer's.
    expect(seen).toHaveLength(1);
    expect(await kindOf(store.list('bkt', { prefix: '' }))).toBe(kind);
  });

  it('tells a missing object from a missing bucket', async () => {
    const store = connect();
    reply = failing(404, 'NoSuchKey');
    expect(await store.get(address)).toBeNull();
    expect(await store.head(address)).toBeNull();
    expect(await kindOf(store.put(address, bytes, { ifMatch: '"e"' }))).toBe('conflict');
    expect(await kindOf(store.delete(address))).toBe('none');
    reply = failing(404, 'NoSuchBucket');
    expect(await kindOf(store.get(address))).toBe('not-found');
    expect(await store.bucketExists('bkt')).toBe(false);
  });

  it('deletes without a condition where the store knows none', async () => {
    const store = connect();
    reply = (request, response) => {
      if (request.headers['if-match'] !== undefined)
        failing(501, 'NotImplemented')(request, response);
      else response.writeHead(204).end();
    };
    expect(await kindOf(store.delete(address, { ifMatch: '"e"' }))).toBe('none');
    expect(seen.map(({ headers }) => headers['if-match'])).toEqual(['"e"', undefined]);
    reply = failing(412, 'PreconditionFailed');
    expect(await kindOf(store.delete(address, { ifMatch: '"e"' }))).toBe('conflict');
    expect(seen).toHaveLength(3);
  });

  it('calls a broken or silent connection unavailable, and a short body never whole', async () => {
    const store = connect({ requestTimeoutMs: 100 });
    reply = ({ socket }) => socket.destroy();
    expect(await kindOf(store.get(address))).toBe('unavailable');
    reply = () => undefined;
    expect(await kindOf(store.get(address))).toBe('unavailable');
    reply = ({ socket }, response) => {
      response.writeHead(200, { etag: '"e"', 'content-length': '10' });
      response.write('short', () => socket.destroy());
    };
    expect(await kindOf(store.get(address))).toBe('unavailable');
  });

  it('ends when the caller does not wait any more', async () => {
    const store = connect();
    const controller = new AbortController();
    reply = () => {
      controller.abort();
    };
    const { signal } = controller;
    expect(await kindOf(store.get(address, { signal }))).toBe('unavailable');
    expect(await kindOf(store.head(address, signal))).toBe('unavailable');
    expect(seen).toHaveLength(1);
  });

  it('sends conditions, and bare ETags where they are wanted', async () => {
    reply = (_, response) => {
      response.writeHead(200, { etag: '"n"' }).end();
    };
    await connect().put(address, bytes, { ifMatch: '"e"' });
    await connect({ bareEtags: true }).put(address, bytes, { ifMatch: '"e"' });
    await connect().put(address, bytes, { ifAbsent: true });
    expect(seen.map(({ headers }) => headers['if-match'])).toEqual(['"e"', 'e', undefined]);
    expect(seen[2]?.headers['if-none-match']).toBe('*');
    expect(seen[0]?.url).toContain('/bkt/db/x/.group.json');
    // What stores that are not AWS may not know.
    expect(Object.keys(seen[0]?.headers ?? {}).join(' ')).not.toMatch(/checksum|crc32/);
  });

  it('asks for keys again after a minute, and signs nothing when anonymous', async () => {
    reply = (_, response) => {
      response.writeHead(200, { etag: '"n"' }).end();
    };
    let asked = 0;
    const credentials = () => {
      asked++;
      return Promise.resolve({ accessKeyId: `key${asked}`, secretAccessKey: 's' });
    };
    const store = connect({ credentials });
    await store.put(address, bytes);
    await store.put(address, bytes);
    clock.advance(60_001);
    await store.put(address, bytes);
    await connect({ credentials: 'anonymous' }).put(address, bytes);
    const used = seen.map(
      ({ headers }) => /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1],
    );
    expect(used).toEqual(['key1', 'key1', 'key2', undefined]);
  });
});
