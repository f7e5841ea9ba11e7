import {
  committedTypeId,
  effectiveLayout,
  formatShape,
  HdfError,
  isJsonMap,
  layoutForBoth,
  normaliseFilters,
  parseDatasetSpace,
  parseFillValue,
  parseLayout,
  parseTypeJson,
  withoutNullFill,
  type Dataspace,
  type Datatype,
  type Json,
  type JsonMap,
} from '#hdf5';
import type { Config } from '#server';
import { kindOfJson } from '../body-fields.js';
import type { CommittedTypes } from '../datatype/committed-types.js';

/** What a creation body says of a dataset itself, checked. */
export interface DatasetForm {
  readonly type: Datatype;
  readonly typeJson: Json;
  readonly space: Dataspace;
  readonly shape: JsonMap;
  readonly creationProperties: JsonMap;
  /** Undefined for a null space. */
  readonly layout: JsonMap | undefined;
  /** Dataset that tells where the chunks of a referenced file are. */
  readonly chunkTable: string | undefined;
}

/** Level of a deflate filter that was given without: the C REST VOL needs one (part of HSDS 1.0). */
const DEFLATE_LEVEL = 5;

/**
 * Type, shape, layout, filters and fill value of a new dataset.
 *
 * @throws HdfError `invalid`
 */
export function parseDatasetForm(
  item: JsonMap,
  committedTypes: CommittedTypes,
  config: Config,
): DatasetForm {
  if (item.has('links')) throw new HdfError('invalid', 'links: only groups have them');
  const { type, json: typeJson } = parseTypeJson(givenType(item, committedTypes));
  const space = parseDatasetSpace({
    shape: isNullOfClient(item, config) ? 'H5S_NULL' : item.get('shape'),
    maxdims: item.get('maxdims'),
  });
  const given = parseProperties(item.get('creationProperties'));
  const filters = normaliseFilters(given.get('filters'), filterOptions(config));
  const layoutJson = given.get('layout') ?? undefined;
  if (config.api_dialect === '1.0') refuseUnchunked(layoutJson, space, filters.length);
  const layout = effectiveLayout({
    type,
    space,
    layoutJson,
    filtersPresent: filters.length > 0,
    limits: {
      minChunkSize: config.min_chunk_size,
      maxChunkSize: config.max_chunk_size,
      maxChunksPerFolder: config.max_chunks_per_folder,
      givenChunkSizeMax: config.chunk_mem_cache_size,
    },
    keepGivenDims: config.api_dialect !== '0.9',
  });
  const { chunkTable } = parseLayout(layoutJson, { type, space });
  const creationProperties = storedProperties(given, filters);
  if (config.api_dialect !== '0.9' && layout !== undefined && isJsonMap(layoutJson)) {
    creationProperties.set('layout', layoutForBoth(layoutJson, layout, space));
  }
  parseFillValue(type, creationProperties);
  return {
    type,
    typeJson,
    space,
    shape: formatShape(space),
    creationProperties,
    layout,
    chunkTable,
  };
}

/**
 * Whether an item is what h5pyd 1.0 sends for a null dataset. It leaves `shape` out as it does for
 * scalars, but names a layout for these; a value, or no sign of that client, means a scalar.
 */
function isNullOfClient(item: JsonMap, config: Config): boolean {
  const properties = item.get('creationProperties');
  return (
    config.api_dialect === 'both' &&
    ['id', 'created'].every((name) => item.has(name)) &&
    !['shape', 'maxdims', 'value'].some((name) => item.has(name)) &&
    isJsonMap(properties) &&
    !properties.has('layout')
  );
}

function givenType(item: JsonMap, committedTypes: CommittedTypes): Json {
  const given = item.get('type') ?? undefined;
  if (given === undefined) throw new HdfError('invalid', 'POST Dataset has no type key in body');
  const id = committedTypeId(given);
  return (id === undefined ? undefined : committedTypes.get(id)) ?? given;
}

function parseProperties(given: Json | undefined): JsonMap {
  if (given === undefined || given === null) return new Map();
  if (isJsonMap(given)) return withoutNullFill(given);
  throw new HdfError(
    'invalid',
    `creationProperties: expected an object, found ${kindOfJson(given)}`,
  );
}

/** As given, but for filters, which are completed, and nulls that stand for nothing. */
function storedProperties(given: JsonMap, filters: readonly JsonMap[]): JsonMap {
  const stored = new Map(given);
  if ((given.get('filters') ?? null) === null) stored.delete('filters');
  else stored.set('filters', [...filters]);
  if (given.get('layout') === null) stored.delete('layout');
  return stored;
}

function filterOptions({ api_dialect: dialect }: Config) {
  return dialect === '0.9'
    ? ({ accept: 'creatable' } as const)
    : ({ accept: 'known', deflateLevel: DEFLATE_LEVEL, ownClasses: true } as const);
}

/** HSDS 1.0 does not make a contiguous or compact dataset chunked where it has to be. */
function refuseUnchunked(layout: Json | undefined, space: Dataspace, filterCount: number): void {
  const name = isJsonMap(layout) ? layout.get('class') : undefined;
  if (name !== 'H5D_CONTIGUOUS' && name !== 'H5D_COMPACT') return;
  const isExtensible = space.class === 'simple' && space.maxdims !== undefined;
  if (!isExtensible && filterCount === 0) return;
  throw new HdfError('invalid', `${name}: filters and maxdims are for chunked datasets`);
}
