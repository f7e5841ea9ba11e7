import { Injectable } from '@nestjs/common';
import { dimsOf, HdfError, parseStoredShape, type JsonMap } from '#hdf5';
import { CommittedTypeReader, type CommittedTypes } from '../datatype/committed-types.js';
import { ObjectLookup } from '../object-lookup.js';
import type { ObjectScope } from '../object-scope.js';
import type { DatasetForm } from './dataset.params.js';

/** The objects that new datasets refer to: committed types, tables of chunks. */
@Injectable()
export class DatasetReferences {
  constructor(
    private readonly lookup: ObjectLookup,
    private readonly committed: CommittedTypeReader,
  ) {}

  /** The committed types that creation items name. */
  types(scope: ObjectScope, items: readonly JsonMap[]): Promise<CommittedTypes> {
    return this.committed.read(
      scope,
      items.map((item) => item.get('type')),
    );
  }

  /** @throws HdfError unless the table of chunks exists and has the rank of the dataset */
  async checkTable(scope: ObjectScope, { space }: DatasetForm, id: string): Promise<void> {
    const { document } = await this.lookup.readMember(scope, id, {
      links: false,
      attributes: false,
    });
    const table = document.kind === 'dataset' ? parseStoredShape(document.shape) : undefined;
    const rank = dimsOf(space).length;
    if (table?.class === 'simple' && table.dims.length === rank) return;
    throw new HdfError('invalid', `chunk_table ${id}: expected a dataset of rank ${rank}`);
  }
}
