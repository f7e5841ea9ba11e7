import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ServerRuntime } from '../runtime.js';

/** Sends the last spans before the process ends. */
@Injectable()
export class TracingEnd implements OnApplicationShutdown {
  constructor(private readonly runtime: ServerRuntime) {}

  async onApplicationShutdown(): Promise<void> {
    await this.runtime.tracer?.flush();
  }
}
