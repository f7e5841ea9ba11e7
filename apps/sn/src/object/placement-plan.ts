import { HdfError, type GroupDocument, type HardLink, type Link } from '#hdf5';
import { isGroupId } from '../object-lookup.js';
import type { Placement } from './placement.params.js';

/** What placing needs to know and to make. */
export interface PlacementWorld {
  /** A stored link, null when there is none. @throws HdfError when the group cannot be read */
  findLink(groupId: string, title: string): Promise<Link | null>;
  /** An id for a new group. */
  newGroupId(): string;
  readonly root: string;
  /** Unix seconds, for all that is made. */
  readonly now: number;
  /** Whether missing groups on the way are made. */
  readonly implicit: boolean;
}

/**
 * Collects what linking the new objects of one request takes: links into existing groups, and
 * whole new groups. Objects placed later see what earlier ones brought. Nothing is written.
 */
export class PlacementPlan {
  private readonly added = new Map<string, Map<string, Link>>();
  private readonly groups = new Map<string, GroupDocument>();

  constructor(private readonly world: PlacementWorld) {}

  /** Groups to create, with their links inside. */
  get newGroups(): readonly GroupDocument[] {
    return [...this.groups.values()];
  }

  /** Links to put into existing groups. */
  get newLinks(): ReadonlyMap<string, ReadonlyMap<string, Link>> {
    return this.added;
  }

  /**
   * Plans the links that lead to a new object.
   *
   * @throws HdfError `conflict` when its title is taken, `not-found` for a missing group on the
   *   way, `invalid` when the way leads through something else than groups
   */
  async place(placement: Placement, objectId: string): Promise<void> {
    let { groupId } = placement;
    for (const title of placement.titles.slice(0, -1)) {
      groupId = await this.enter(groupId, title);
    }
    const title = placement.titles.at(-1) ?? '';
    if ((await this.find(groupId, title)) !== null) {
      throw new HdfError('conflict', `group ${groupId} has a link ${title} already`);
    }
    this.add(groupId, title, objectId);
  }

  private async enter(groupId: string, title: string): Promise<string> {
    const link = await this.find(groupId, title);
    if (link === null) return this.addGroup(groupId, title);
    if (link.class !== 'H5L_TYPE_HARD' || !isGroupId(link.id)) {
      throw new HdfError('invalid', `expected a group at ${title} in ${groupId}`);
    }
    return link.id;
  }

  private addGroup(groupId: string, title: string): string {
    if (!this.world.implicit) throw new HdfError('not-found', `no group ${title} in ${groupId}`);
    const { root, now } = this.world;
    const id = this.world.newGroupId();
    this.groups.set(id, newGroup({ id, root, now }));
    this.add(groupId, title, id);
    return id;
  }

  private async find(groupId: string, title: string): Promise<Link | null> {
    const made = this.groups.get(groupId);
    if (made !== undefined) return made.links.get(title) ?? null;
    return this.added.get(groupId)?.get(title) ?? (await this.world.findLink(groupId, title));
  }

  private add(groupId: string, title: string, id: string): void {
    const link: HardLink = { class: 'H5L_TYPE_HARD', id, created: this.world.now };
    const made = this.groups.get(groupId);
    if (made !== undefined) {
      made.links.set(title, link);
      return;
    }
    const links = this.added.get(groupId) ?? new Map<string, Link>();
    this.added.set(groupId, links.set(title, link));
  }
}

/** An empty group. @param now Unix seconds */
export function newGroup({ id, root, now }: { id: string; root: string; now: number }) {
  const group: GroupDocument = {
    kind: 'group',
    id,
    root,
    created: now,
    lastModified: now,
    attributes: new Map(),
    links: new Map(),
    extra: new Map(),
  };
  return group;
}
