import { chunkBytes, contiguousChunkDims, guessChunk, shrinkChunk } from '../chunk/guess.js';
import { parseStoredShape, type Dataspace } from '../dataspace/dataspace.js';
import type { Datatype } from '../datatype/datatype.js';
import { parseStoredType } from '../datatype/json.js';
import { itemSize, layoutItemSize } from '../datatype/size.js';
import { HdfError } from '../errors.js';
import { formatJson } from '../json/format.js';
import { isJsonMap, jsonNumber, type Json, type JsonMap } from '../json/json.js';
import { toJsonMap } from '../json/literal.js';
import { parseJson } from '../json/parse.js';
import type { ChunkSpec, ReferenceLayout } from './chunk-spec.js';
import type { DatasetDocument } from './document.js';
import { parseFillValue } from './fill.js';
import { parseFilterEntries } from './filters.js';

/** Chunks of stored datasets without chunk extents are at most so large, as by HSDS's default. */
const MAX_CHUNK_SIZE = 4 << 20;

/**
 * What a data node must know of a dataset to serve its chunks. Its `text` is the dataset's document
 * without all that chunks do not depend on, the layout completed. The places of the chunks in an HDF5
 * file are not in the text: they may be many, and a request says those it needs.
 *
 * @throws HdfError `invalid` for a null space, which has no chunks; `corrupt`
 */
export function chunkSpecOf(dataset: DatasetDocument): ChunkSpec {
  const full = reduced(dataset);
  return readChunkSpec(full, formatJson(withoutPlaces(full)));
}

/**
 * The spec whose `text` this is; a reference layout by `chunks` comes back without them.
 *
 * @throws HdfError `invalid` when it is no JSON; `corrupt`
 */
export function parseChunkSpecText(text: string): ChunkSpec {
  return readChunkSpec(parseJson(text), text);
}

function readChunkSpec(json: Json, text: string): ChunkSpec {
  const id = isJsonMap(json) ? json.get('id') : undefined;
  const layout = isJsonMap(json) ? json.get('layout') : undefined;
  const properties = isJsonMap(json) ? json.get('creationProperties') : undefined;
  if (!isJsonMap(json) || typeof id !== 'string' || !isJsonMap(layout) || !isJsonMap(properties)) {
    return corrupt('expected id, layout and creationProperties');
  }
  const type = parseStoredType(json.get('type') ?? null);
  const reference = readReference(properties.get('layout'));
  const initializer = textList(properties.get('initializer'));
  return {
    text,
    datasetId: id,
    type,
    itemSize: itemSize(type),
    chunkDims: countList(layout.get('dims')) ?? corrupt('layout without dims'),
    filters: parseFilterEntries(properties.get('filters')),
    fill: readFill(type, properties),
    partitionCount: jsonNumber(layout.get('partition_count')) ?? 0,
    ...(reference === undefined ? {} : { reference }),
    ...(initializer === undefined ? {} : { initializer }),
  };
}

function withoutPlaces(spec: JsonMap): JsonMap {
  const properties = spec.get('creationProperties');
  const layout = isJsonMap(properties) ? properties.get('layout') : undefined;
  if (!isJsonMap(properties) || !isJsonMap(layout) || !layout.has('chunks')) return spec;
  const short = new Map(layout).set('chunks', new Map());
  return new Map(spec).set('creationProperties', new Map(properties).set('layout', short));
}

function reduced(dataset: DatasetDocument): JsonMap {
  const { id, type, creationProperties } = dataset;
  const given = creationProperties.get('layout');
  const givenLayout = isJsonMap(given) ? given : undefined;
  const layout = dataset.layout ?? givenLayout;
  const dims = chunkDimsOf(dataset, layout, givenLayout);
  const properties: JsonMap = new Map();
  for (const name of ['fillValue', 'fillValue_encoding', 'filters', 'initializer']) {
    const value = creationProperties.get(name);
    if (value !== undefined) properties.set(name, value);
  }
  const givenClass = givenLayout?.get('class');
  if (givenLayout !== undefined && typeof givenClass === 'string' && givenClass.includes('_REF')) {
    properties.set('layout', givenLayout);
  }
  // HSDS 1.0 keeps the layout, partitions included, among the creation properties only.
  const partitionCount = layout?.get('partition_count');
  return new Map<string, Json>([
    ['id', id],
    ['type', type],
    ['layout', toJsonMap({ class: 'H5D_CHUNKED', dims, partition_count: partitionCount })],
    ['creationProperties', properties],
  ]);
}

/** The chunk extents, each at least 1; HSDS leaves them out where one chunk holds everything. */
function chunkDimsOf(
  dataset: DatasetDocument,
  layout: JsonMap | undefined,
  given: JsonMap | undefined,
): number[] {
  const space = parseStoredShape(dataset.shape);
  if (space.class === 'null') throw new HdfError('invalid', `${dataset.id} has no elements`);
  if (space.class === 'scalar') return [1];
  const stored = layout?.get('dims');
  const dims =
    stored === undefined ? impliedChunkDims(dataset, space, given) : countList(stored, space);
  return (dims ?? corrupt('layout with odd dims')).map((extent) => Math.max(1, extent));
}

function impliedChunkDims(
  dataset: DatasetDocument,
  space: Dataspace & { class: 'simple' },
  given: JsonMap | undefined,
): readonly number[] {
  const itemBytes = layoutItemSize(parseStoredType(dataset.type));
  const sizing = { itemBytes, minChunkSize: 0, maxChunkSize: MAX_CHUNK_SIZE };
  if (given?.get('class') === 'H5D_CONTIGUOUS_REF') return contiguousChunkDims(space.dims, sizing);
  if (space.maxdims === undefined) return space.dims;
  // Must not depend on the extent, which may change.
  const chunk = guessChunk(space.maxdims);
  return chunkBytes(chunk, sizing) > MAX_CHUNK_SIZE ? shrinkChunk(chunk, sizing) : chunk;
}

function readFill(type: Datatype, properties: JsonMap): ChunkSpec['fill'] {
  try {
    return parseFillValue(type, properties);
  } catch (cause) {
    throw new HdfError('corrupt', 'stored fill value is no element of the type', { cause });
  }
}

/** @throws HdfError `invalid`: clients gave these members unchecked */
function readReference(json: Json | undefined): ReferenceLayout | undefined {
  if (!isJsonMap(json)) return undefined;
  const uri = json.get('file_uri');
  const fileUri = typeof uri === 'string' ? uri : '';
  switch (json.get('class')) {
    case 'H5D_CONTIGUOUS_REF': {
      const [offset, size] = [json.get('offset'), json.get('size')];
      if (!isCount(offset) || !isCount(size)) return odd('offset and size');
      return { class: 'H5D_CONTIGUOUS_REF', fileUri, offset, size };
    }
    case 'H5D_CHUNKED_REF':
      return { class: 'H5D_CHUNKED_REF', fileUri, chunks: readChunks(json.get('chunks')) };
    case 'H5D_CHUNKED_REF_INDIRECT': {
      const table = json.get('chunk_table');
      if (typeof table !== 'string') return odd('chunk_table');
      const hyperDims = countList(json.get('hyper_dims'));
      return {
        class: 'H5D_CHUNKED_REF_INDIRECT',
        chunkTable: table,
        ...(fileUri === '' ? {} : { fileUri }),
        ...(hyperDims === undefined ? {} : { hyperDims }),
      };
    }
    default:
      return undefined;
  }
}

function readChunks(json: Json | undefined): ReadonlyMap<string, readonly [number, number]> {
  const chunks = new Map<string, readonly [number, number]>();
  if (!isJsonMap(json)) return odd('chunks');
  for (const [name, place] of json) {
    const [offset, size] = Array.isArray(place) ? place : [];
    if (!isCount(offset) || !isCount(size)) return odd('chunks');
    chunks.set(name, [offset, size]);
  }
  return chunks;
}

/** Integers of at least 0, as many as the space has dimensions; undefined for anything else. */
function countList(json: Json | undefined, space?: Dataspace): number[] | undefined {
  const list = isCount(json) ? [json] : json;
  if (!Array.isArray(list) || list.length === 0 || !list.every(isCount)) return undefined;
  const rank = space?.class === 'simple' ? space.dims.length : list.length;
  return list.length === rank ? list : undefined;
}

function textList(json: Json | undefined): string[] | undefined {
  const isText = (item: Json): item is string => typeof item === 'string';
  return Array.isArray(json) && json.length > 0 && json.every(isText) ? json : undefined;
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function odd(member: string): never {
  throw new HdfError('invalid', `layout that refers to a file: odd ${member}`);
}

function corrupt(message: string): never {
  throw new HdfError('corrupt', `stored dataset: ${message}`);
}
