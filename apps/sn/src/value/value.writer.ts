import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import {
  encodeJsonValue,
  HdfError,
  itemSize,
  parsePoints,
  planChunks,
  repeatElement,
  resultShape,
  swapVlenCompoundScalars,
  wholeSlab,
  wrapElements,
  type Datatype,
  type Elements,
  type Hyperslab,
  type Json,
  type JsonMap,
} from '#hdf5';
import { DataNodes, resizeDataset, type CallContext } from '#dn-client';
import { BodyPages } from './body-pages.js';
import { ChunkIo } from './chunk-io.js';
import type { DatasetFacts } from './dataset-facts.js';
import { PageMemory } from './page-memory.js';
import { projectionOf } from './projection.js';
import { receivePage, type ReceivedPage } from './received-page.js';
import { blockFor, writeTarget, type WriteTarget } from './write-target.js';
import type { WriteParams } from './write-params.js';

/** A binary request body. */
export interface BinaryBody {
  /** Announced length in bytes; undefined for a chunked or compressed body. */
  readonly announced: number | undefined;
  readonly stream: () => Readable;
  /** The whole body. @throws HdfError `too-large` past `max_request_size` */
  readonly read: () => Promise<Uint8Array>;
}

/** Appends whose body is longer than this are streamed after the dataset was extended. */
const BUFFERED_APPEND_BYTES = 32 * 1024 * 1024;

/** Writes values of datasets: hyperslabs, points, appended rows. */
@Injectable()
export class ValueWriter {
  private readonly memory = new PageMemory();

  constructor(
    private readonly io: ChunkIo,
    private readonly nodes: DataNodes,
  ) {}

  /** Writes what a JSON body holds. Everything is checked before anything is written. */
  async json(facts: DatasetFacts, params: WriteParams, call: CallContext): Promise<void> {
    const body = params.body ?? new Map<string, Json>();
    const { type } = projectionOf(facts.spec.type, params.fields);
    if (body.has('points')) {
      await this.points(facts, { params, body, type }, call);
      return;
    }
    const target = writeTarget(facts, params);
    const elements = givenElements(body, type, target);
    await this.store(facts, { params, target, elements }, call);
  }

  /** Writes the elements of a binary body, page by page where it may be long. */
  async binary(
    facts: DatasetFacts,
    params: WriteParams,
    body: BinaryBody,
    call: CallContext,
  ): Promise<void> {
    const { type } = projectionOf(facts.spec.type, params.fields);
    const target = writeTarget(facts, params);
    const size = itemSize(type);
    if (size !== 'variable') refuseLength(body.announced, extentCount(target.sourceDims) * size);
    if (this.streams(facts, params, { size, target })) {
      await this.stream(facts, { params, target, body }, call);
      return;
    }
    const bytes = await body.read();
    const elements = wrapElements(type, bytes, extentCount(target.sourceDims));
    const given = swapVlenCompoundScalars(type, elements);
    await this.store(facts, { params, target, elements: given }, call);
  }

  /** All elements of a new dataset, row-major. */
  async whole(facts: DatasetFacts, elements: Elements, call: CallContext): Promise<void> {
    const data = blockFor(elements, facts.dims);
    await this.io.writeSlab(facts, wholeSlab(facts.dims), { data }, call);
  }

  private streams(
    facts: DatasetFacts,
    params: WriteParams,
    { size, target }: { size: number | 'variable'; target: WriteTarget },
  ): boolean {
    if (size === 'variable' || facts.scalar || params.elementCount !== undefined) return false;
    return params.append === undefined || target.count * size > BUFFERED_APPEND_BYTES;
  }

  private async stream(
    facts: DatasetFacts,
    { params, target, body }: { params: WriteParams; target: WriteTarget; body: BinaryBody },
    call: CallContext,
  ): Promise<void> {
    const { type } = projectionOf(facts.spec.type, params.fields);
    const size = itemSize(type);
    if (size === 'variable') throw new HdfError('internal', 'variable elements are not streamed');
    const slab = target.slab ?? (await this.extend(facts, params, target, call));
    const pages = new BodyPages(body.stream());
    let writing = Promise.resolve();
    try {
      for (const page of this.io.pages(facts, slab)) {
        // The next page comes in while one is written.
        const received = await receivePage(pages, this.memory, {
          plan: [...planChunks(page.slab, facts.spec.chunkDims)],
          shape: resultShape(page.slab),
          itemSize: size,
        });
        await writing;
        writing = this.writePage(facts, received, params.fields, call);
        writing.catch(() => undefined);
      }
      await writing;
      await pages.end();
    } finally {
      // Nothing runs on behind an answer.
      await writing.catch(() => undefined);
    }
  }

  private async writePage(
    facts: DatasetFacts,
    received: ReceivedPage,
    fields: readonly string[] | undefined,
    call: CallContext,
  ): Promise<void> {
    await this.io.writePage(facts, received, fields, call);
    // Data nodes keep copies. After a failure the memory may still be in use somewhere.
    this.memory.giveBack(received.bytes);
  }

  private async store(
    facts: DatasetFacts,
    { params, target, elements }: { params: WriteParams; target: WriteTarget; elements: Elements },
    call: CallContext,
  ): Promise<void> {
    const slab = target.slab ?? (await this.extend(facts, params, target, call));
    const data = blockFor(elements, target.sourceDims);
    const fields = params.fields === undefined ? {} : { fields: params.fields };
    await this.io.writeSlab(facts, slab, { data, ...fields }, call);
  }

  /** Extends the dataset and gives the new region. */
  private async extend(
    { bucket, spec }: DatasetFacts,
    { append }: WriteParams,
    { shape }: WriteTarget,
    call: CallContext,
  ): Promise<Hyperslab> {
    if (append === undefined) throw new HdfError('internal', 'an append without rows');
    const change = { extend: append.rows, dim: append.dim };
    const { before } = await resizeDataset(this.nodes, { bucket, spec, change }, call);
    return shape.map((count, dim) => ({
      start: dim === append.dim ? (before[dim] ?? 0) : 0,
      count,
      stride: 1,
    }));
  }

  private async points(
    facts: DatasetFacts,
    { params, body, type }: { params: WriteParams; body: JsonMap; type: Datatype },
    call: CallContext,
  ): Promise<void> {
    const points = parsePoints(body.get('points'), facts.dims);
    if (points.count === 0) throw new HdfError('invalid', 'Selection is empty');
    const shape = [points.count];
    const one = params.elementCount === 1;
    const sourceDims = one ? [1] : shape;
    const given = givenElements(body, type, { shape, count: points.count, sourceDims });
    const elements = one ? repeatElement(given, points.count) : given;
    const fields = params.fields === undefined ? {} : { fields: params.fields };
    await this.io.writePoints(facts, points, { elements, ...fields }, call);
  }
}

/** The elements that a JSON body holds, `value` before `value_base64`. */
function givenElements(body: JsonMap, type: Datatype, target: WriteTarget): Elements {
  const value = body.get('value');
  if (value !== undefined) {
    return encodeJsonValue(type, bodyDims(target), value);
  }
  const text = body.get('value_base64');
  if (typeof text !== 'string') {
    throw new HdfError('invalid', 'request has no value or value_base64 key in body');
  }
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== text.trim().replace(/=+$/, '')) {
    throw new HdfError('invalid', 'value_base64: expected base64 text');
  }
  const elements = wrapElements(type, bytes, extentCount(target.sourceDims));
  return swapVlenCompoundScalars(type, elements);
}

/** How the elements of a JSON body are nested: like the selection, or just the repeated block. */
function bodyDims({ shape, sourceDims, count }: WriteTarget): readonly number[] {
  if (extentCount(sourceDims) === count) return shape;
  const first = sourceDims.findIndex((extent) => extent !== 1);
  return first < 0 ? [1] : sourceDims.slice(first);
}

function refuseLength(announced: number | undefined, expected: number): void {
  if (announced === undefined || announced === expected) return;
  throw new HdfError('invalid', `expected a body of ${expected} bytes, got ${announced}`);
}

function extentCount(dims: readonly number[]): number {
  return dims.reduce((product, extent) => product * extent, 1);
}
