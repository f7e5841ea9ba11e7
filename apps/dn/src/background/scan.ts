import { createHash } from 'node:crypto';
import {
  chunkSpecOf,
  formatJson,
  isJsonMap,
  kindOf,
  objectKey,
  parseJson,
  parseStorageKey,
  parseStoredShape,
  rootPrefix,
  spaceElementCount,
  type DatasetDocument,
  type Json,
  type JsonOut,
} from '#hdf5';
import type { ListedObject, ObjectStore } from '#storage';
import { listing } from '../chunk/trim.handler.js';
import { documentCodec, isObject } from '../object/document-codec.js';
import { linkedSize, storedChunks } from './linked-size.js';

const SCAN_DOCUMENT = '.info.json';
/** ETag characters that go into the domain's checksum (HSDS, part 3, 14.2). */
const ETAG_PREFIX = 16;

interface DatasetTotals {
  lastModified: number;
  num_chunks: number;
  allocated_bytes: number;
  logical_bytes: number;
  linked_bytes: number;
  num_linked_chunks: number;
}

/** The stored scan document of a domain, or null when none was made. */
export async function readScan(store: ObjectStore, bucket: string, root: string): Promise<Json> {
  const stored = await store.get({ bucket, key: rootPrefix(root) + SCAN_DOCUMENT });
  if (stored === null || stored === 'not-modified' || stored.bytes.length === 0) return null;
  return parseJson(stored.bytes);
}

/**
 * Counts what is stored of a domain and writes the scan document. Objects that do not parse, and
 * chunks without a dataset, are skipped.
 *
 * @see HSDS storage schema, `.info.json`
 */
export async function scanDomain(
  store: ObjectStore,
  target: { bucket: string; root: string },
  nowS: () => number,
): Promise<Json> {
  const { bucket, root } = target;
  const prefix = rootPrefix(root);
  const scan = new Scan();
  const started = nowS();
  for await (const objects of listing(store, bucket, prefix)) {
    for (const object of objects) scan.count(object);
  }
  for (const [id, totals] of scan.datasets) await addDatasetSizes(store, bucket, { id, totals });
  const info = scan.document({ bucket, started, completed: nowS() });
  const text = formatJson(info);
  const bytes = Buffer.from(text, 'latin1');
  await store.put({ bucket, key: prefix + SCAN_DOCUMENT }, bytes, {});
  return parseJson(text);
}

class Scan {
  readonly datasets = new Map<string, DatasetTotals>();
  private readonly etags = new Map<string, string>();
  private lastModified = 0;
  private groups = 0;
  private datatypes = 0;
  private metadataBytes = 0;

  count(object: ListedObject): void {
    const parsed = parseStorageKey(object.key);
    if (parsed?.type !== 'chunk' && parsed?.type !== 'object') return;
    this.etags.set(parsed.id, object.etag);
    this.lastModified = Math.max(this.lastModified, object.lastModified);
    if (parsed.type === 'chunk') {
      const totals = this.totals(parsed.datasetId);
      totals.num_chunks += 1;
      totals.allocated_bytes += object.size;
      totals.lastModified = Math.max(totals.lastModified, object.lastModified);
      return;
    }
    this.metadataBytes += object.size;
    const kind = kindOf(parsed.id);
    if (kind === 'group') this.groups += 1;
    else if (kind === 'datatype') this.datatypes += 1;
    else {
      const totals = this.totals(parsed.id);
      totals.lastModified = Math.max(totals.lastModified, object.lastModified);
    }
  }

  document(facts: { bucket: string; started: number; completed: number }): JsonOut {
    const all = [...this.datasets.values()];
    const sum = (member: Exclude<keyof DatasetTotals, 'lastModified'>) =>
      all.reduce((total, dataset) => total + dataset[member], 0);
    return {
      lastModified: this.lastModified,
      num_groups: this.groups,
      num_datatypes: this.datatypes,
      datasets: Object.fromEntries([...this.datasets].map(([id, totals]) => [id, { ...totals }])),
      num_chunks: sum('num_chunks'),
      allocated_bytes: sum('allocated_bytes'),
      metadata_bytes: this.metadataBytes,
      num_linked_chunks: sum('num_linked_chunks'),
      linked_bytes: sum('linked_bytes'),
      logical_bytes: sum('logical_bytes'),
      bucket: facts.bucket,
      scan_start: facts.started,
      md5_sum: this.checksum(),
      scan_complete: facts.completed,
    };
  }

  private totals(datasetId: string): DatasetTotals {
    const known = this.datasets.get(datasetId);
    if (known !== undefined) return known;
    const fresh: DatasetTotals = {
      lastModified: 0,
      num_chunks: 0,
      allocated_bytes: 0,
      logical_bytes: 0,
      linked_bytes: 0,
      num_linked_chunks: 0,
    };
    this.datasets.set(datasetId, fresh);
    return fresh;
  }

  private checksum(): string {
    const ids = [...this.etags.keys()].sort();
    const text = ids
      .map((id) => (this.etags.get(id) ?? '').slice(0, ETAG_PREFIX).padEnd(ETAG_PREFIX, '\0'))
      .join('');
    return createHash('md5').update(text, 'latin1').digest('hex');
  }
}

async function addDatasetSizes(
  store: ObjectStore,
  bucket: string,
  { id, totals }: { id: string; totals: DatasetTotals },
): Promise<void> {
  const document = await readDataset(store, bucket, id);
  if (document === null) return;
  totals.logical_bytes = logicalBytes(document, totals.allocated_bytes);
  const { pieces, bytes } = await linkedSize(document, (table) =>
    readDataset(store, bucket, table).then((found) => storedChunks(store, bucket, found)),
  );
  totals.num_linked_chunks = pieces;
  totals.linked_bytes = bytes;
}

async function readDataset(
  store: ObjectStore,
  bucket: string,
  id: string,
): Promise<DatasetDocument | null> {
  const stored = await store.get({ bucket, key: objectKey(id) });
  if (stored === null || stored === 'not-modified') return null;
  const json = parseJson(stored.bytes);
  const document = isJsonMap(json) ? documentCodec.decode(stored.bytes, 'dataset') : null;
  return document !== null && isObject(document) && document.kind === 'dataset' ? document : null;
}

function logicalBytes(document: DatasetDocument, allocatedBytes: number): number {
  const space = parseStoredShape(document.shape);
  if (space.class === 'null') return 0;
  const { itemSize } = chunkSpecOf(document);
  return itemSize === 'variable' ? allocatedBytes : spaceElementCount(space) * itemSize;
}
