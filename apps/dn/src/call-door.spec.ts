import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { HttpAdapterHost } from '@nestjs/core';
import Fastify, { type FastifyInstance } from 'fastify';
import { Refusal } from '#cluster';
import { HdfError } from '#hdf5';
import {
  CALLS_PATH,
  encodeCallHead,
  messagePrefix,
  PROTOCOL,
  RemoteDataNode,
  type DataNode,
} from '#dn-client';
import { loadConfig, Log, ServerRuntime } from '#server';
import { systemClock, systemRandom, type Clock } from '#storage';
import { ManualClock } from '#storage/testing';
import { CallDoor } from './call-door.js';
import { CallStream } from './call-stream.js';

const HOST = '127.0.0.1';
const ADDRESS = { bucket: 'b', path: '/d' };
const CONTEXT = { requestId: 'r.1' };

/** What a test lets a data node do; `domain.delete` stands for all operations. */
type Work = (prefix: string) => Promise<string>;

function nodeOf(work: Work): DataNode {
  const call = async (_operation: string, request: unknown) => ({
    text: await work((request as typeof ADDRESS).path),
  });
  return { call };
}

class Door {
  private constructor(
    private readonly fastify: FastifyInstance,
    readonly runtime: ServerRuntime,
    readonly lines: readonly string[],
  ) {}

  static async open(work: Work): Promise<Door> {
    const { config } = loadConfig({ argv: [], env: {} });
    const lines: string[] = [];
    const settings = { level: 'INFO', format: 'json', prefix: '', timestamps: false } as const;
    const log = new Log(settings, systemClock, (line) => lines.push(line));
    const runtime = new ServerRuntime(config, systemClock, systemRandom, log);
    const fastify = Fastify({ forceCloseConnections: 'idle' });
    const httpAdapter = { getHttpServer: () => fastify.server, getInstance: () => fastify };
    const host = { httpAdapter } as unknown as HttpAdapterHost;
    new CallDoor(nodeOf(work), host, runtime).onModuleInit();
    await fastify.listen({ port: 0, host: HOST });
    return new Door(fastify, runtime, lines);
  }

  get port(): number {
    return (this.fastify.server.address() as AddressInfo).port;
  }

  client(options: { clock?: Clock; timeoutMs?: number } = {}): RemoteDataNode {
    const defaults = { clock: systemClock, timeoutMs: 30_000, connections: 2 };
    return new RemoteDataNode({ host: HOST, port: this.port, ...defaults, ...options });
  }

  close(): Promise<void> {
    return this.fastify.close();
  }
}

function ask(node: RemoteDataNode, path: string): Promise<unknown> {
  return node.call('domain.delete', { ...ADDRESS, path }, CONTEXT);
}

/** Something to wait for, and to decide. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** Sends bytes as they are, and gives what comes back until the end. */
function raw(port: number, bytes: Uint8Array | string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, HOST, () => socket.write(bytes));
    socket.on('data', (piece) => (text += piece.toString('latin1')));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(text);
    });
  });
}

const UPGRADE = `GET ${CALLS_PATH} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\n\r\n`;

describe('calls between nodes', () => {
  let door: Door | undefined;
  let client: RemoteDataNode | undefined;
  afterEach(async () => {
    client?.close();
    await door?.close();
    door = undefined;
  });

  it('run at once: a slow one does not hold up those behind it', async () => {
    const slow = gate();
    door = await Door.open(async (path) => {
      if (path === '/slow') await slow.opened;
      return path;
    });
    client = door.client();
    let done = false;
    const first = ask(client, '/slow').finally(() => (done = true));
    const rest = Array.from({ length: 500 }, (_value, index) => `/d${index}`);
    const asked = await Promise.all(rest.map((path) => ask(client!, path)));
    expect(asked).toEqual(rest.map((text) => ({ text })));
    expect(done).toBe(false);
    slow.open();
    expect(await first).toEqual({ text: '/slow' });
  });

  it('carry long requests and answers whole', async () => {
    door = await Door.open((path) => Promise.resolve(path.toUpperCase()));
    client = door.client();
    const long = '/' + 'abcdefghi-'.repeat(2_000_000);
    const short = ['/x', '/y', '/z'].map((path) => ask(client!, path));
    expect(await ask(client, long)).toEqual({ text: long.toUpperCase() });
    expect(await Promise.all(short)).toEqual([{ text: '/X' }, { text: '/Y' }, { text: '/Z' }]);
  });

  it('raise the errors that the data node raised', async () => {
    const facts = { code: 'epoch', epoch: 3, fingerprint: 'f' };
    door = await Door.open((path) => {
      if (path === '/moved') throw new Refusal(facts as never);
      throw new HdfError('gone', 'was deleted');
    });
    client = door.client();
    await expect(ask(client, '/d')).rejects.toMatchObject({ kind: 'gone', message: 'was deleted' });
    await expect(ask(client, '/moved')).rejects.toBeInstanceOf(Refusal);
    const metrics = await door.runtime.metrics.text();
    expect(metrics).toMatch(/hsds_internal_requests_total{method="POST",status="422"} 1/);
    expect(metrics).toMatch(/hsds_internal_requests_total{method="POST",status="421"} 1/);
  });

  it('leave a line in the log with the id of the request that they belong to', async () => {
    door = await Door.open((path) => Promise.resolve(path));
    client = door.client();
    const context = { requestId: 'abc_-9.17', trace: { clientId: 'job-7' } };
    await client.call('domain.delete', ADDRESS, context);
    await until(() => door!.lines.length > 0);
    expect(JSON.parse(door.lines[0]!)).toMatchObject({
      msg: 'request',
      req_id: 'abc_-9',
      client_req_id: 'job-7',
      route: '/dn/domain.delete',
      obj_class: 'domain',
      status: 200,
    });
  });

  it('fail when no answer comes in time, and the next goes another way', async () => {
    const clock = new ManualClock();
    door = await Door.open(
      (path) => (path === '/never' ? gate().opened : Promise.resolve()) as never,
    );
    client = door.client({ clock, timeoutMs: 5000 });
    await ask(client, '/d');
    const silent = ask(client, '/never');
    silent.catch(() => undefined);
    clock.advance(5000);
    await expect(silent).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('no answer in 5000 ms') as unknown,
    });
    expect(await ask(client, '/d')).toEqual({});
  });

  /** One call runs until the gate opens. */
  async function openWithSlowCall() {
    const slow = gate();
    const opened = await Door.open(async (path) => {
      await slow.opened;
      return path;
    });
    door = opened;
    client = opened.client();
    const running = ask(client, '/running');
    await until(() => opened.runtime.load.active === 1);
    return { slow, running, opened, asking: client };
  }

  it('do not keep a node from ending when their connection comes as it ends', async () => {
    const { slow, running, opened } = await openWithSlowCall();
    const late = connect(opened.port, HOST);
    await new Promise((resolve) => late.once('connect', resolve));
    const closed = opened.close();
    late.write(
      `GET ${CALLS_PATH} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\n\r\n`,
    );
    await new Promise((resolve) => late.resume().once('close', resolve));
    slow.open();
    expect(await running).toEqual({ text: '/running' });
    await closed;
    door = undefined;
  });

  it('that run are answered before a node ends; later ones find it unreachable', async () => {
    const { slow, running, opened, asking } = await openWithSlowCall();
    const closed = opened.close();
    slow.open();
    expect(await running).toEqual({ text: '/running' });
    await closed;
    door = undefined;
    await expect(ask(asking, '/late')).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('find a peer unreachable that is no data node', async () => {
    const server: Server = createServer((_request, response) => response.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    const { port } = server.address() as AddressInfo;
    const defaults = { clock: systemClock, timeoutMs: 30_000, connections: 1 };
    const stranger = new RemoteDataNode({ host: HOST, port, ...defaults });
    await expect(ask(stranger, '/d')).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('not a data node: HTTP/1.1 200 OK') as unknown,
    });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('are refused without the right upgrade', async () => {
    door = await Door.open(() => Promise.resolve(''));
    const other = UPGRADE.replace(PROTOCOL, 'websocket');
    expect(await raw(door.port, other)).toMatch(/^HTTP\/1.1 400 .*expected an upgrade to hsds-/s);
    const elsewhere = UPGRADE.replace(CALLS_PATH, '/about');
    expect(await raw(door.port, elsewhere)).toMatch(/^HTTP\/1.1 400 /);
  });

  it.each([
    ['no JSON', Buffer.from('nonsense')],
    ['no object', Buffer.from('7')],
    ['an unknown operation', Buffer.from('{"op":"constructor","rq":"x"}')],
  ])('are answered when their head is %s, and so are those behind', async (_what, head) => {
    door = await Door.open((path) => Promise.resolve(path));
    const good = Buffer.from(encodeCallHead('domain.delete', CONTEXT));
    const bytes = [
      Buffer.from(UPGRADE),
      messagePrefix(1, head.length, head.length),
      head,
      // Its frame is none, which is an answer, too.
      messagePrefix(2, good.length, good.length),
      good,
    ];
    const answers = raw(door.port, Buffer.concat(bytes));
    await until(() => door!.lines.length === 2);
    await door.close();
    const text = await answers;
    expect(text).toContain('"kind": "invalid"');
    expect(text).toContain('a frame has at least 4 bytes, got 0');
    door = undefined;
  });

  it('end with a message that is too long, for this connection alone', async () => {
    door = await Door.open((path) => Promise.resolve(path));
    client = door.client();
    const huge = Buffer.concat([Buffer.from(UPGRADE), messagePrefix(1, 0, 0xffff_ffff)]);
    expect(await raw(door.port, huge)).toMatch(/^HTTP\/1.1 101 [^{]*$/);
    expect(await ask(client, '/d')).toEqual({ text: '/d' });
  });

  it('are not read beyond what may be in work at once', async () => {
    const started: number[] = [];
    const all = gate();
    const calls = {
      serve: async (_head: Uint8Array, frame: Uint8Array) => {
        started.push(frame.length);
        await all.opened;
        return { status: 200, parts: [], byteLength: 0 };
      },
    };
    const server = createServer();
    server.on('upgrade', (_request, socket, head) => {
      new CallStream(socket, calls).begin(head);
    });
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    const { port } = server.address() as AddressInfo;
    const mib = 1024 * 1024;
    const count = 100;
    let got = 0;
    const socket = connect(port, HOST, () => {
      socket.write(UPGRADE);
      for (let number = 1; number <= count; number++) {
        socket.write(messagePrefix(number, 0, 2 * mib));
        socket.write(Buffer.alloc(2 * mib));
      }
    });
    socket.on('data', (piece: Buffer) => (got += piece.length));
    await until(() => started.length >= 32);
    // What is in the buffers of the system comes in, but is not begun.
    for (let turns = 0; turns < 200; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(started.length).toBeLessThan(40);
    all.open();
    await until(() => started.length === count && got > count * 12);
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
});
