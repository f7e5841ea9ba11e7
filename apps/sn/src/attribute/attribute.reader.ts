import { Injectable } from '@nestjs/common';
import { collectionOf, defined, type Attribute, type JsonOut } from '#hdf5';
import { DataNodes, type ListChoice, type ListWindow } from '#dn-client';
import { Hrefs, ServerRuntime, type RequestContext } from '#server';
import { inParallel, REQUEST_WIDTH } from '../in-parallel.js';
import { ObjectLookup } from '../object-lookup.js';
import { cutEntries } from '../object/list-window.js';
import type { MultiRead } from '../object/multi-read.params.js';
import { reachableObjects } from '../object/reachable.js';
import { TotalLimit } from '../object/total-limit.js';
import { scopeOf } from '../object-scope.js';
import { attributeEntry, valueMembers, type AttributeView } from './attribute-view.js';

/** Reads attributes: one, those of an object, or those of many objects. */
@Injectable()
export class AttributeReader {
  constructor(
    private readonly nodes: DataNodes,
    private readonly lookup: ObjectLookup,
    private readonly runtime: ServerRuntime,
  ) {}

  /** One attribute. @throws HdfError `not-found` or `gone` */
  async find(context: RequestContext, name: string): Promise<Attribute> {
    const [entry] = await this.choose(context, objectOf(context), { names: [name] });
    return defined(entry, 'attribute')[1];
  }

  /** `GET …/attributes/{name}`. */
  async read(context: RequestContext, name: string, view: AttributeView): Promise<JsonOut> {
    const attribute = await this.find(context, name);
    const { type, shape, created } = attribute;
    return {
      name,
      type,
      shape,
      ...(view.data ? valueMembers(attribute, view) : {}),
      created,
      lastModified: created,
      hrefs: this.attributeHrefs(context, name),
    };
  }

  /** `GET …/attributes`. @throws HdfError `not-found` for an unknown marker */
  async list(context: RequestContext, window: ListWindow, view: AttributeView): Promise<JsonOut> {
    const id = objectOf(context);
    const hrefs = this.hrefs(context);
    const path = `/${collectionOf(id)}/${id}/attributes`;
    const entries = await this.choose(context, id, window);
    const attributes = entries.map(([name, attribute]) => ({
      ...attributeEntry(name, attribute, view),
      href: hrefs.url(`${path}/${name}`),
    }));
    return { attributes, hrefs: hrefs.attributes(collectionOf(id), id) };
  }

  /** `GET …/attributes?follow_links=1`: of every object that hard links lead to from a group. */
  async follow(context: RequestContext, window: ListWindow, view: AttributeView): Promise<JsonOut> {
    const id = objectOf(context);
    const limit = new TotalLimit(window.limit);
    const attributes = new Map<string, JsonOut>();
    const request = { from: [id], kinds: 'all', attributes: true } as const;
    for await (const page of reachableObjects(this.nodes, scopeOf(context), request)) {
      for (const { document } of page) {
        const entries = limit.cut(cutEntries(document.attributes, window));
        attributes.set(document.id, shown(entries, view));
      }
    }
    return { attributes, hrefs: this.hrefs(context).attributes(collectionOf(id), id) };
  }

  /** `POST …/attributes`. */
  async readMany(
    context: RequestContext,
    { reads }: MultiRead,
    view: AttributeView,
  ): Promise<JsonOut> {
    const ids = reads.map(({ id }) => id);
    const parts = { links: false, attributes: false };
    await this.lookup.readMembers(scopeOf(context), ids, parts);
    const lists = await inParallel(reads, REQUEST_WIDTH, async ({ id, names }) => {
      const choice: ListChoice = names === undefined ? { order: 'name' } : { names };
      return [id, shown(await this.choose(context, id, choice), view)] as const;
    });
    const [only] = lists;
    if (lists.length === 1 && only !== undefined) return { attributes: only[1] };
    return { attributes: new Map<string, JsonOut>(lists) };
  }

  /** The `hrefs` of an attribute and of its value. */
  attributeHrefs(context: RequestContext, name: string) {
    const id = objectOf(context);
    return this.hrefs(context).attribute(collectionOf(id), id, name);
  }

  private async choose(context: RequestContext, id: string, choice: ListChoice) {
    const { domain, call } = scopeOf(context);
    const request = { bucket: domain.bucket, id, choice };
    const { attributes } = await this.nodes.call('attribute.list', request, call);
    return attributes;
  }

  private hrefs(context: RequestContext): Hrefs {
    return new Hrefs(this.runtime.config.hsds_endpoint, context);
  }
}

function shown(entries: readonly (readonly [string, Attribute])[], view: AttributeView) {
  return entries.map(([name, attribute]) => attributeEntry(name, attribute, view));
}

function objectOf(context: RequestContext): string {
  return defined(context.object, 'object of the request').document.id;
}
