import { PERMISSIONS, type AclEntry, type DomainDocument, type Permission } from '#hdf5';

export interface NewAclOptions {
  readonly owner: string;
  /** Users that need no entry. */
  readonly adminUser: string;
  /** A folder, or the setting `default_public`: everybody may read. */
  readonly isPublic: boolean;
}

/**
 * The ACL of a new domain or folder: its parent's entries but for those of `default`, the owner and
 * admins and those that grant nothing; then the owner's, and `default` if it is public. Entries are
 * copied whole, `domain` included.
 *
 * @param parent undefined at the top level
 */
export function newAcls(
  parent: DomainDocument['acls'] | undefined,
  { owner, adminUser, isPublic }: NewAclOptions,
): Map<string, AclEntry> {
  const acls = new Map<string, AclEntry>();
  for (const [name, entry] of parent ?? []) {
    const replaced = name === 'default' || name === owner || name === adminUser;
    const grants = PERMISSIONS.some((permission) => entry.permissions[permission]);
    if (!replaced && grants) acls.set(name, entry);
  }
  acls.set(owner, { permissions: permissions(() => true) });
  if (isPublic) acls.set('default', { permissions: permissions((name) => name === 'read') });
  return acls;
}

function permissions(granted: (permission: Permission) => boolean): AclEntry['permissions'] {
  const entries = PERMISSIONS.map((permission) => [permission, granted(permission)] as const);
  return Object.fromEntries(entries) as Record<Permission, boolean>;
}
