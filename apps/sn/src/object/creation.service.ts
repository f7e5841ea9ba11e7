import { Injectable } from '@nestjs/common';
import {
  kindOfCollection,
  type Attribute,
  type Collection,
  type Json,
  type JsonMap,
  type JsonOut,
} from '#hdf5';
import { queryFlag, ServerRuntime, type RequestContext } from '#server';
import { AttributeWriter } from '../attribute/attribute.writer.js';
import { optionalMap } from '../body-fields.js';
import type { ObjectScope } from '../object-scope.js';
import { parseNewId } from './creation.params.js';
import { ObjectCreator, type NewObject } from './object.creator.js';
import { createdMembers } from './object-json.js';
import { parsePlacement, type Placement } from './placement.params.js';

/** What the documents of all kinds of new objects start from. */
export interface NewCommon {
  readonly id: string;
  readonly root: string;
  readonly created: number;
  readonly lastModified: number;
  readonly attributes: Map<string, Attribute>;
  readonly extra: JsonMap;
}

/** Turns the items of creation bodies into objects, whatever their kind. */
@Injectable()
export class CreationService {
  constructor(
    private readonly creator: ObjectCreator,
    private readonly attributes: AttributeWriter,
    private readonly runtime: ServerRuntime,
  ) {}

  /** Unix seconds. */
  now(): number {
    return this.runtime.clock.now() / 1000;
  }

  /**
   * The members of a new object that do not depend on its kind, and where it is to be linked.
   *
   * @throws HdfError `invalid`; of committed types that attributes name
   */
  async common(
    scope: ObjectScope,
    item: JsonMap,
    { collection, now }: { readonly collection: Collection; readonly now: number },
  ): Promise<{ readonly common: NewCommon; readonly placement: Placement | undefined }> {
    const { root } = scope;
    const placement = parsePlacement(item, root);
    const given = parseNewId(item, collection, root);
    const id = given ?? this.creator.newId(kindOfCollection(collection), root);
    const items = optionalMap(item, 'attributes') ?? new Map<string, Json>();
    const attributes = await this.attributes.build(scope, items);
    const common = { id, root, created: now, lastModified: now, attributes, extra: new Map() };
    return { common, placement };
  }

  /**
   * Creates the objects of one request, all or none.
   *
   * @returns the reply: one object by itself, several in a list
   */
  async create(
    context: RequestContext,
    scope: ObjectScope,
    { objects, now }: { readonly objects: readonly NewObject[]; readonly now: number },
  ): Promise<JsonOut> {
    const dialect = this.runtime.config.api_dialect;
    // Made before the documents are handed over: afterwards others may change them.
    const replies = objects.map(({ document }) => createdMembers(document, dialect));
    const implicit = queryFlag(context.query, 'implicit');
    await this.creator.create(scope, objects, { implicit, now });
    const [only] = replies;
    return replies.length === 1 && only !== undefined ? only : { objects: replies };
  }
}
