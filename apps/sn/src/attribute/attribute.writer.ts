import { Injectable } from '@nestjs/common';
import { defined, HdfError, type Attribute, type Json, type JsonMap } from '#hdf5';
import { DataNodes, type ObjectRecord, type RequestOf } from '#dn-client';
import { ServerRuntime, type RequestContext } from '#server';
import { requireMap } from '../body-fields.js';
import { CommittedTypeReader } from '../datatype/committed-types.js';
import { inParallel, REQUEST_WIDTH } from '../in-parallel.js';
import { ObjectLookup } from '../object-lookup.js';
import { comparableTime, createdWindow } from '../object/created-window.js';
import { parseMultiWrite } from '../object/multi-read.params.js';
import { scopeOf, type ObjectScope } from '../object-scope.js';
import {
  parseAttribute,
  parseAttributes,
  typesOf,
  type NamedAttribute,
} from './attribute.params.js';

type PutRequest = Pick<RequestOf<'attribute.put'>, 'attributes' | 'replace'>;

/** Puts and deletes attributes of objects of any kind. */
@Injectable()
export class AttributeWriter {
  constructor(
    private readonly nodes: DataNodes,
    private readonly lookup: ObjectLookup,
    private readonly types: CommittedTypeReader,
    private readonly runtime: ServerRuntime,
  ) {}

  /**
   * One attribute.
   *
   * @returns whether anything changed
   * @throws HdfError `conflict` when another one has the name and `replace` is not asked for
   */
  async put(
    context: RequestContext,
    { name, replace }: { readonly name: string; readonly replace: boolean },
  ): Promise<boolean> {
    const scope = scopeOf(context);
    const item = requireMap(context.body, 'body');
    const options = await this.options(scope, [item], 'single');
    const attribute = parseAttribute(item, options);
    return this.store(scope, objectOf(context), {
      attributes: [[name, attribute]],
      replace: replace ? 'always' : 'never',
    });
  }

  /**
   * Several attributes, into one or several objects. Everything is checked first; what conflicts is
   * found while writing, object by object.
   *
   * @returns whether anything changed
   */
  async putMany(context: RequestContext, replace: boolean): Promise<boolean> {
    const scope = scopeOf(context);
    const { config } = this.runtime;
    const body = this.manyForm(requireMap(context.body, 'body'));
    const keys = { ids: 'obj_ids', names: 'attributes' } as const;
    const { writes, byObject } = parseMultiWrite(body, objectOf(context), keys);
    const newer = byObject && !replace && config.api_dialect === 'both';
    const parts = { links: false, attributes: newer };
    const records = await this.lookup.readMembers(scope, [...writes.keys()], parts);
    const existing = new Map(records.map((record) => [record.document.id, { ...record }]));
    const items = [...writes.values()].flatMap((map) => [...map.values()]);
    const options = await this.options(scope, items, 'bulk');
    const requests = [...writes].map(([id, map]) => {
      const attributes = parseAttributes(map, options);
      return [id, putRequest(attributes, replace, newer ? existing.get(id) : undefined)] as const;
    });
    const changed = await inParallel(requests, REQUEST_WIDTH, ([id, request]) =>
      this.store(scope, id, request),
    );
    return changed.includes(true);
  }

  /** Attributes that come with a new object. @throws HdfError `invalid`, and of committed types */
  async build(scope: ObjectScope, items: JsonMap): Promise<Map<string, Attribute>> {
    const options = await this.options(scope, [...items.values()], 'single');
    const list = parseAttributes(items, options);
    return new Map(list.map(({ name, attribute }) => [name, attribute]));
  }

  /** Deletes attributes; names that are not there count for nothing, or in 1.0 are `not-found`. */
  async remove(context: RequestContext, names: readonly string[], many: boolean): Promise<void> {
    const scope = scopeOf(context);
    const refuses = many && this.runtime.config.api_dialect === '1.0';
    const request = {
      bucket: scope.domain.bucket,
      id: objectOf(context),
      names,
      missing: refuses ? ('refuse' as const) : ('ignore' as const),
    };
    await this.nodes.call('attribute.delete', request, scope.call);
  }

  /** The single form `{"name", "type", …}` as a map of one; 1.0 does not know it. */
  private manyForm(body: JsonMap): JsonMap {
    const { api_dialect: dialect } = this.runtime.config;
    if (body.has('attributes') || body.has('obj_ids')) return body;
    if (dialect === '0.9' && body.size === 0) return new Map([['attributes', new Map()]]);
    const name = body.get('name');
    if (dialect === '1.0' || typeof name !== 'string' || !body.has('type')) {
      throw new HdfError('invalid', 'expected attributes or obj_ids in body');
    }
    return new Map<string, Json>([['attributes', new Map<string, Json>([[name, body]])]]);
  }

  private async options(scope: ObjectScope, items: readonly Json[], route: 'single' | 'bulk') {
    const { clock, config } = this.runtime;
    return {
      now: clock.now() / 1000,
      window: createdWindow(config, route),
      committedTypes: await this.types.read(scope, typesOf(items)),
    };
  }

  private async store(scope: ObjectScope, id: string, request: PutRequest): Promise<boolean> {
    if (request.attributes.length === 0) return false;
    const target = { bucket: scope.domain.bucket, id };
    const { changed } = await this.nodes.call(
      'attribute.put',
      { ...target, ...request },
      scope.call,
    );
    return changed > 0;
  }
}

/**
 * What to put into an object.
 *
 * @param existing the object, when newer attributes may replace older ones: h5pyd 1.0 sends a
 *   changed attribute as a new one, beside all that did not change
 */
function putRequest(
  list: readonly NamedAttribute[],
  replace: boolean,
  existing: ObjectRecord | undefined,
): PutRequest {
  const newer = existing !== undefined && list.every(({ sent }) => sent !== undefined);
  const attributes = list.map(({ name, attribute, sent }): readonly [string, Attribute] => {
    if (!newer || sent === undefined) return [name, attribute];
    const stored = existing.document.attributes.get(name)?.created;
    const created = comparableTime({ sent, stored, created: attribute.created });
    return [name, { ...attribute, created }];
  });
  return { attributes, replace: replace ? 'always' : newer ? 'newer' : 'never' };
}

function objectOf(context: RequestContext): string {
  return defined(context.object, 'object of the request').document.id;
}
