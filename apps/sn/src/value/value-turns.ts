import { Injectable } from '@nestjs/common';
import { itemSize, slabCount } from '#hdf5';
import { announcedBytes, ServerRuntime, type RequestContext, type WorkQueue } from '#server';
import type { FastifyRequest } from 'fastify';
import { PAGE_BYTES } from './chunk-io.js';
import type { DatasetFacts } from './dataset-facts.js';
import { parseSelection, type ReadParams } from './value.params.js';

/** Value requests that run at once: more would only share the same processor and connections. */
const RUNNING_MAX = 256;
/** Memory of all value requests that run, in units of `max_request_size`. */
const BYTES_AT_ONCE = 4;
/** A streamed value has one page on its way out or in, and one at the data nodes. */
const STREAM_BYTES = 2 * PAGE_BYTES;
/** JSON text and parsed values beside packed elements. */
const JSON_FACTOR = 4;
/** Assumed size of a variable-length element, and how much more pages of them may hold. */
const VLEN_BYTES = 512;
const VLEN_FACTOR = 2;

/**
 * The turns of value requests, by the memory that they need. Nothing of a body is read before its
 * turn: until then it stays with its sender.
 */
@Injectable()
export class ValueTurns {
  private readonly queue: WorkQueue;

  constructor(private readonly runtime: ServerRuntime) {
    const bytes = BYTES_AT_ONCE * runtime.config.max_request_size;
    this.queue = runtime.newWorkQueue(RUNNING_MAX, bytes);
  }

  /** Memory of reading a selection. @throws HdfError `invalid` for a bad selection */
  readBytes({ spec, dims }: DatasetFacts, { select }: ReadParams, packed: boolean): number {
    const { itemSize: size } = spec;
    const count = slabCount(parseSelection(select, undefined, dims));
    const bytes = count * (size === 'variable' ? VLEN_BYTES : size);
    if (!packed) return this.inJson(bytes);
    return Math.min(bytes, size === 'variable' ? STREAM_BYTES * VLEN_FACTOR : STREAM_BYTES);
  }

  /** Memory of a POST: its points or selection, and the elements found. */
  postBytes({ spec }: DatasetFacts, request: FastifyRequest): number {
    const body = announcedBytes(request) ?? this.runtime.config.max_request_size;
    const size = itemSize(spec.type);
    // A point of rank 1 is two characters of JSON at least.
    return body + this.inJson((body / 2) * (size === 'variable' ? VLEN_BYTES : size));
  }

  /** Memory of a write: pages of a binary body, all of a JSON body and its elements. */
  writeBytes({ spec }: DatasetFacts, request: FastifyRequest): number {
    const body = announcedBytes(request) ?? this.runtime.config.max_request_size;
    const streamed = spec.itemSize !== 'variable' && isBinary(request);
    return streamed ? Math.min(body, STREAM_BYTES) : this.inJson(body);
  }

  /**
   * Does the work of a request when it is its turn.
   *
   * @param bytes memory that it needs
   * @throws HdfError `unavailable` after a long wait, POST last; whatever the work throws
   */
  async run<T>(
    ctx: RequestContext,
    { bytes, precious = false }: { readonly bytes: number; readonly precious?: boolean },
    work: () => Promise<T>,
  ): Promise<T> {
    const { signal } = ctx.call;
    const job = { user: ctx.user.name, bytes, precious, ...(signal ? { signal } : {}) };
    const end = this.queue.tryEnter(job) ?? (await this.queue.enter(job));
    try {
      return await work();
    } finally {
      end();
    }
  }

  private inJson(bytes: number): number {
    return JSON_FACTOR * Math.min(bytes, this.runtime.config.max_request_size);
  }
}

function isBinary(request: FastifyRequest): boolean {
  return request.raw.headers['content-type']?.includes('application/octet-stream') === true;
}
