import { Injectable } from '@nestjs/common';
import {
  committedTypeId,
  defined,
  HdfError,
  parseTypeJson,
  type DatatypeDocument,
  type JsonMap,
  type JsonOut,
} from '#hdf5';
import { DataNodes } from '#dn-client';
import type { RequestContext } from '#server';
import { inParallel, REQUEST_WIDTH } from '../in-parallel.js';
import { parseCreationBody } from '../object/creation.params.js';
import { CreationService } from '../object/creation.service.js';
import type { NewObject } from '../object/object.creator.js';
import { scopeOf, type ObjectScope } from '../object-scope.js';

/** Commits and deletes datatypes. */
@Injectable()
export class DatatypeService {
  constructor(
    private readonly nodes: DataNodes,
    private readonly creation: CreationService,
  ) {}

  /** `POST /datatypes`. */
  async create(context: RequestContext): Promise<JsonOut> {
    const scope = scopeOf(context);
    const now = this.creation.now();
    const items = parseCreationBody(context.body);
    const objects = await inParallel(items, REQUEST_WIDTH, (item) =>
      this.newDatatype(scope, item, now),
    );
    return this.creation.create(context, scope, { objects, now });
  }

  /** What was made with the type keeps its copy. */
  async remove(context: RequestContext): Promise<void> {
    const { domain, call } = scopeOf(context);
    const { id } = defined(context.object, 'datatype of the request').document;
    await this.nodes.call('object.delete', { bucket: domain.bucket, id }, call);
  }

  private async newDatatype(scope: ObjectScope, item: JsonMap, now: number): Promise<NewObject> {
    if (item.has('links')) throw new HdfError('invalid', 'links: only groups have them');
    const given = item.get('type') ?? undefined;
    if (given === undefined) {
      throw new HdfError('invalid', 'POST Datatype has no type key in body');
    }
    if (committedTypeId(given) !== undefined) {
      throw new HdfError('invalid', 'type: a committed datatype is not made of another');
    }
    const { json } = parseTypeJson(given);
    const { common, placement } = await this.creation.common(scope, item, {
      collection: 'datatypes',
      now,
    });
    const document: DatatypeDocument = { kind: 'datatype', ...common, type: json };
    return { document, placement };
  }
}
