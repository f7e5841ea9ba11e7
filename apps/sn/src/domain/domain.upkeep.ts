import { Injectable } from '@nestjs/common';
import { defined, HdfError, isSchemaV1 } from '#hdf5';
import { DataNodes } from '#dn-client';
import { parentPath, requirePermission, ServerRuntime, type RequestContext } from '#server';
import { withinTime } from '../deadline.js';

/** Names to ask for to see one: what is no domain, such as the folder's own record, counts too. */
const SOME_NAMES = 16;

/** Flushes, scans and removes existing domains. */
@Injectable()
export class DomainUpkeep {
  constructor(
    private readonly nodes: DataNodes,
    private readonly runtime: ServerRuntime,
  ) {}

  /**
   * Waits until all that was written to the domain before is stored. Folders have nothing to store.
   *
   * @returns which of the two it is
   * @throws HdfError `unavailable` when that takes longer than `flush_timeout`
   */
  async flush(context: RequestContext): Promise<'domain' | 'folder'> {
    const root = await this.updatableRoot(context);
    if (root === undefined) return 'folder';
    await this.flushRoot(context, root);
    return 'domain';
  }

  /**
   * Brings the domain's scan document up to date. Folders have none: done, or refused in 1.0.
   *
   * @throws HdfError `unavailable` when that takes longer than `max_scan_duration`
   */
  async rescan(context: RequestContext): Promise<void> {
    const { bucket } = defined(context.domain, 'domain of the request');
    const { clock, config } = this.runtime;
    const root = await this.updatableRoot(context);
    if (root === undefined) {
      if (config.api_dialect !== '1.0') return;
      throw new HdfError('invalid', 'expected a domain to rescan, found a folder');
    }
    if (isSchemaV1(root))
      throw new HdfError('invalid', `domains of schema v1 have no scan: ${root}`);
    // A scan lists the store, so what is on its way there goes first.
    await this.flushRoot(context, root);
    await withinTime(clock, config.max_scan_duration, context.call, (call) =>
      this.nodes.call('root.scan', { bucket, root, force: true }, call),
    );
  }

  /**
   * Deletes a domain with its objects, or an empty folder.
   *
   * @param keepRoot leave the objects: they have another name
   * @throws HdfError `conflict` for a folder with something in it; `forbidden`, `not-found`, `gone`
   */
  async remove(context: RequestContext, keepRoot: boolean): Promise<void> {
    const address = defined(context.domain, 'domain of the request');
    const { user, call } = context;
    if (parentPath(address.path) === '/' && !user.admin) {
      throw new HdfError('forbidden', 'only admins may delete top-level domains');
    }
    const { document } = await this.nodes.call('domain.read', address, call);
    const { root } = document;
    requirePermission(document, user, 'delete');
    if (root === undefined) {
      const some = { ...address, limit: SOME_NAMES };
      const { names } = await this.nodes.call('domain.list', some, call);
      if (names.length > 0) throw new HdfError('conflict', 'folder has sub-items');
    }
    await this.nodes.call('domain.delete', address, call);
    if (root === undefined || keepRoot) return;
    const objects = { bucket: address.bucket, root };
    await this.nodes.callEvery('root.drop', objects, call);
    await this.nodes.call('root.collect', objects, call);
  }

  /** The root of the domain, undefined for a folder. @throws HdfError unless the user may update */
  private async updatableRoot(context: RequestContext): Promise<string | undefined> {
    const address = defined(context.domain, 'domain of the request');
    const { document } = await this.nodes.call('domain.read', address, context.call);
    requirePermission(document, context.user, 'update');
    return document.root;
  }

  private async flushRoot(context: RequestContext, root: string): Promise<void> {
    const { bucket } = defined(context.domain, 'domain of the request');
    const { clock, config } = this.runtime;
    await withinTime(clock, config.flush_timeout, context.call, (call) =>
      this.nodes.callEvery('root.flush', { bucket, root }, call),
    );
  }
}
