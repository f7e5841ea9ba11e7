import { LRUCache } from 'lru-cache';
import {
  chunkSpecOf,
  HdfError,
  parseStoredShape,
  type ChunkSpec,
  type DatasetDocument,
  type ObjectDocument,
} from '#hdf5';

/** What the value routes need of a dataset, at the time of the request. */
export interface DatasetFacts {
  readonly bucket: string;
  readonly root: string;
  readonly spec: ChunkSpec;
  /** Present extent; `[1]` for a scalar. */
  readonly dims: readonly number[];
  /** 0 for unlimited; absent when the dataset cannot grow. */
  readonly maxdims?: readonly number[];
  readonly scalar: boolean;
}

/** Datasets whose immutable facts a service node keeps. */
const KEPT_SPECS = 2000;

const specs = new LRUCache<string, ChunkSpec>({ max: KEPT_SPECS });

/**
 * The facts of a dataset; type, layout and filters never change and are kept by id, the extent is
 * the document's.
 *
 * @throws HdfError `invalid` for another kind of object and for a null dataspace
 */
export function datasetFacts(bucket: string, document: ObjectDocument): DatasetFacts {
  if (document.kind !== 'dataset') {
    throw new HdfError('invalid', `Invalid dataset id: ${document.id}`);
  }
  const space = parseStoredShape(document.shape);
  if (space.class === 'null') {
    throw new HdfError('invalid', 'a dataset with NULL shape has no value');
  }
  const { root } = document;
  const spec = keptSpec(document);
  if (space.class === 'scalar') return { bucket, root, spec, dims: [1], scalar: true };
  const { dims, maxdims } = space;
  return {
    bucket,
    root,
    spec,
    dims,
    ...(maxdims === undefined ? {} : { maxdims }),
    scalar: false,
  };
}

function keptSpec(document: DatasetDocument): ChunkSpec {
  // A deleted id may be made again with another type, so the creation time is part of the name.
  const name = `${document.id} ${document.created}`;
  const known = specs.get(name);
  if (known !== undefined) return known;
  const spec = chunkSpecOf(document);
  specs.set(name, spec);
  return spec;
}
