import type { Server } from 'node:http';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { sleep } from '#storage';
import { ServerRuntime } from './runtime.js';

/** Clients that are silent for longer keep a connection that will be closed on them. */
const DRAIN_MS_MAX = 10_000;
const LOOK_EVERY_MS = 100;

/**
 * Lets clients go elsewhere before this process stops listening. Kubernetes sends no new
 * connections to a pod that is being deleted, but leaves the old ones: a server that closed them
 * would cut off the requests that are just being sent. So each client is told on its next answer
 * that its connection ends, and the server waits until all have gone, for a bounded time.
 */
@Injectable()
export class ConnectionDrain implements BeforeApplicationShutdown {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly runtime: ServerRuntime,
  ) {}

  /** @param signal absent when a program closes the application: then nobody is waited for */
  async beforeApplicationShutdown(signal?: string): Promise<void> {
    if (signal === undefined) return;
    this.runtime.draining = true;
    const { clock } = this.runtime;
    const server = this.host.httpAdapter.getHttpServer() as Server;
    const until = clock.monotonic() + DRAIN_MS_MAX;
    while (clock.monotonic() < until && (await countConnections(server)) > 0) {
      await sleep(clock, LOOK_EVERY_MS);
    }
  }
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}
