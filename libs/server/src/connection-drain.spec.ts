import type { HttpAdapterHost } from '@nestjs/core';
import { Pool } from 'undici';
import { ConnectionDrain } from './connection-drain.js';
import { startTestEdge, type TestEdge } from './testing/test-edge.js';
import { TestController } from './testing/test.controller.js';

describe('ConnectionDrain', () => {
  let edge: TestEdge;
  let drain: ConnectionDrain;
  let client: Pool;

  beforeEach(async () => {
    edge = await startTestEdge([TestController]);
    drain = new ConnectionDrain(
      { httpAdapter: edge.app.getHttpAdapter() } as unknown as HttpAdapterHost,
      edge.runtime,
    );
    client = new Pool(edge.url, { connections: 1 });
  });
  afterEach(async () => {
    await client.destroy();
    await edge.app.close();
  });

  async function ask() {
    const answer = await client.request({ path: '/about', method: 'GET' });
    await answer.body.dump();
    return { status: answer.statusCode, connection: answer.headers.connection };
  }

  it('answers on kept connections, ends each with its answer, and waits for that', async () => {
    expect(await ask()).toEqual({ status: 200, connection: 'keep-alive' });
    let over = false;
    const drained = drain.beforeApplicationShutdown('SIGTERM').then(() => (over = true));
    expect(await ask()).toEqual({ status: 200, connection: 'close' });
    expect(over).toBe(false);
    await drained;
  });

  it('waits for nobody when a program closes the application', async () => {
    await ask();
    await drain.beforeApplicationShutdown();
    expect(await ask()).toEqual({ status: 200, connection: 'keep-alive' });
  });
});
