import { Injectable } from '@nestjs/common';
import { committedTypeId, HdfError, isJsonMap, withCommittedId, type Json } from '#hdf5';
import { DataNodes } from '#dn-client';
import { isRecord } from '../object-lookup.js';
import type { ObjectScope } from '../object-scope.js';

/** Types by the id of the committed datatype that they are a copy of, with that id in them. */
export type CommittedTypes = ReadonlyMap<string, Json>;

/** Looks up the committed datatypes that requests name in place of a type. */
@Injectable()
export class CommittedTypeReader {
  constructor(private readonly nodes: DataNodes) {}

  /**
   * @param types `type` members of a request; those that are no ids count for nothing
   * @throws HdfError `invalid` for malformed ids and datatypes of other domains, `not-found`, `gone`
   */
  async read(scope: ObjectScope, types: Iterable<Json | undefined>): Promise<CommittedTypes> {
    const ids = new Set<string>();
    for (const type of types) {
      const id = committedTypeId(type);
      if (id !== undefined) ids.add(id);
    }
    if (ids.size === 0) return new Map();
    const parts = { links: false, attributes: false };
    const { bucket } = scope.domain;
    const records = await this.nodes.readObjects(bucket, [...ids], parts, scope.call);
    const found = new Map<string, Json>();
    for (const [id, record] of records) {
      if (!isRecord(record)) throw new HdfError(record.kind, record.message);
      const { document } = record;
      if (document.root !== scope.root || document.kind !== 'datatype') {
        throw new HdfError('invalid', 'Referenced committed datatype must belong in same domain');
      }
      const { type } = document;
      found.set(id, isJsonMap(type) ? withCommittedId(type, id) : type);
    }
    return found;
  }
}
