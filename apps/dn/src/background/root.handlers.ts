import { isSchemaV1, HdfError, rootOf, rootPrefix, type Json } from '#hdf5';
import type { ObjectStore } from '#storage';
import type { Handlers } from '../handlers.js';
import type { Chunks } from '../chunk/chunks.js';
import type { Documents } from '../object/documents.js';
import type { Collector } from './collector.js';
import { readScan, scanDomain } from './scan.js';
import type { RootChanges } from './root-changes.js';

type RootOperation =
  | 'root.flush'
  | 'root.drop'
  | 'root.collect'
  | 'root.revive'
  | 'root.scan'
  | 'root.lastChange'
  | 'node.info';

/** Runs a flush and takes its time. */
export type FlushTimer = (flush: () => Promise<unknown>) => Promise<void>;

export interface RootHandlerParts {
  readonly documents: Documents;
  readonly chunks: Chunks;
  readonly store: ObjectStore;
  readonly collector: Collector;
  readonly changes: RootChanges;
  readonly nowS: () => number;
  readonly info: () => Json;
  readonly timed: FlushTimer;
}

/** The operations on all objects of a domain, and on the node. */
export function rootHandlers(parts: RootHandlerParts): Handlers<RootOperation> {
  const { documents, chunks, store, collector, changes, nowS, timed } = parts;
  return {
    'root.flush': async ({ bucket, root }) => {
      const prefix = prefixOf(root);
      await timed(() =>
        Promise.all([documents.cache.flush(bucket, prefix), chunks.cache.flush(bucket, prefix)]),
      );
      return {};
    },

    'root.drop': async ({ bucket, root }) => {
      const prefix = rootPrefix(root);
      changes.forget(root);
      await Promise.all([
        documents.cache.dropPrefix(bucket, prefix),
        chunks.cache.dropPrefix(bucket, prefix),
      ]);
      return {};
    },

    'root.collect': ({ bucket, root }) => {
      collector.collect(bucket, root);
      return Promise.resolve({});
    },

    'root.revive': async ({ bucket, root }) => {
      await collector.settled(bucket, root);
      return {};
    },

    'root.scan': async ({ bucket, root, force }) => {
      if (isSchemaV1(root)) {
        throw new HdfError('invalid', 'domains of the old storage schema cannot be scanned');
      }
      if (!force) return { info: await readScan(store, bucket, root) };
      return { info: await scanDomain(store, { bucket, root }, nowS) };
    },

    'root.lastChange': ({ root }) => Promise.resolve({ at: changes.lastChange(root) }),

    'node.info': () => Promise.resolve({ info: parts.info() }),
  };
}

/** All keys of a domain; old-schema objects lie anywhere in the bucket. */
function prefixOf(root: string): string {
  return isSchemaV1(root) ? '' : rootPrefix(root);
}

/** The root of any id of the new schema; the id itself for the old one. */
export function rootOfId(id: string): string {
  return isSchemaV1(id) ? id : rootOf(id);
}
