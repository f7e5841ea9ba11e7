import { Injectable } from '@nestjs/common';
import { DataNodes } from '#dn-client';
import type { ObjectScope } from '../object-scope.js';
import { findAlias, type HardLinks } from './alias.js';
import { reachableObjects } from './reachable.js';

/** Finds the path of an object, by the groups of its domain. */
@Injectable()
export class AliasFinder {
  constructor(private readonly nodes: DataNodes) {}

  /** One absolute path in a list, or none for an object that hard links do not lead to. */
  async find(scope: ObjectScope, id: string): Promise<readonly string[]> {
    const { root } = scope;
    if (id === root) return ['/'];
    const links = new Map<string, HardLinks>();
    const request = { from: [root], kinds: 'groups', attributes: false } as const;
    for await (const page of reachableObjects(this.nodes, scope, request)) {
      for (const { document } of page) {
        if (document.kind !== 'group') continue;
        const hard = [...document.links].flatMap(([title, link]) =>
          link.class === 'H5L_TYPE_HARD' ? [[title, link.id] as const] : [],
        );
        links.set(document.id, hard);
      }
    }
    const alias = findAlias(root, id, links);
    return alias === undefined ? [] : [alias];
  }
}
