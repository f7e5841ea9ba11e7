import { Injectable } from '@nestjs/common';
import {
  defined,
  HdfError,
  isJsonMap,
  type GroupDocument,
  type Json,
  type JsonMap,
  type JsonOut,
  type Link,
} from '#hdf5';
import { DataNodes } from '#dn-client';
import { ServerRuntime, type RequestContext } from '#server';
import { kindOfJson, optionalMap } from '../body-fields.js';
import { inParallel, REQUEST_WIDTH } from '../in-parallel.js';
import { parseLinks } from '../link/link.params.js';
import { ObjectLookup } from '../object-lookup.js';
import { createdWindow } from '../object/created-window.js';
import { parseCreationBody } from '../object/creation.params.js';
import { CreationService } from '../object/creation.service.js';
import type { NewObject } from '../object/object.creator.js';
import { scopeOf, type ObjectScope } from '../object-scope.js';

type NewGroup = NewObject & { readonly document: GroupDocument };

/** Creates and deletes groups. */
@Injectable()
export class GroupService {
  constructor(
    private readonly nodes: DataNodes,
    private readonly lookup: ObjectLookup,
    private readonly creation: CreationService,
    private readonly runtime: ServerRuntime,
  ) {}

  /** `POST /groups`: without a body one anonymous group. */
  async create(context: RequestContext): Promise<JsonOut> {
    const scope = scopeOf(context);
    const now = this.creation.now();
    const items = parseCreationBody(context.body, new Map());
    const objects = await inParallel(items, REQUEST_WIDTH, (item) =>
      this.newGroup(scope, item, now),
    );
    await this.checkTargets(scope, objects);
    return this.creation.create(context, scope, { objects, now });
  }

  /** @throws HdfError `forbidden` for the root group */
  async remove(context: RequestContext): Promise<void> {
    const { domain, root, call } = scopeOf(context);
    const { id } = defined(context.object, 'group of the request').document;
    if (id === root) throw new HdfError('forbidden', 'the root group cannot be deleted');
    await this.nodes.call('object.delete', { bucket: domain.bucket, id }, call);
  }

  private async newGroup(scope: ObjectScope, item: JsonMap, now: number): Promise<NewGroup> {
    if (item.has('type')) throw new HdfError('invalid', 'type: a group has none');
    const properties = parseProperties(item.get('creationProperties'));
    const window = createdWindow(this.runtime.config, 'single');
    const links = parseLinks(optionalMap(item, 'links') ?? new Map<string, Json>(), {
      now,
      window,
    });
    const { common, placement } = await this.creation.common(scope, item, {
      collection: 'groups',
      now,
    });
    const document: GroupDocument = {
      kind: 'group',
      ...common,
      links: new Map(links.map(({ title, link }) => [title, link])),
      ...(properties === undefined ? {} : { creationProperties: properties }),
    };
    return { document, placement };
  }

  /** Hard links lead to objects of the domain: existing ones, or others of the same request. */
  private async checkTargets(scope: ObjectScope, groups: readonly NewGroup[]): Promise<void> {
    if (this.runtime.config.api_dialect === '1.0') return;
    const made = new Set(groups.map(({ document }) => document.id));
    const links = groups.flatMap(({ document }): Link[] => [...document.links.values()]);
    const ids = links.flatMap((link) => (link.class === 'H5L_TYPE_HARD' ? [link.id] : []));
    const others = [...new Set(ids)].filter((id) => !made.has(id));
    await this.lookup.readMembers(scope, others, { links: false, attributes: false });
  }
}

/** An object or, from the C REST VOL, text; an empty one is the same as none. */
function parseProperties(given: Json | undefined): Json | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  if (typeof given === 'string') return given;
  if (isJsonMap(given)) return given.size === 0 ? undefined : given;
  throw new HdfError(
    'invalid',
    `creationProperties: expected an object, found ${kindOfJson(given)}`,
  );
}
