import { HdfError, type DomainDocument, type Permission } from '#hdf5';
import type { User } from './request-context.js';

/**
 * Whether a domain's ACL lets a user do something. Admins may do everything. An entry of the
 * user's own name decides alone; without one, the entry `default` or an entry `g:<group>` of any
 * of the user's groups may grant it. The owner has no special right.
 */
export function isPermitted(acls: DomainDocument['acls'], user: User, action: Permission): boolean {
  if (user.admin) return true;
  const own = acls.get(user.name);
  if (own !== undefined) return own.permissions[action];
  if (acls.get('default')?.permissions[action] === true) return true;
  if (user.anonymous) return false;
  return user.groups.some((group) => acls.get(`g:${group}`)?.permissions[action] === true);
}

/** @throws HdfError `forbidden` when the ACL does not grant the action */
export function requirePermission(document: DomainDocument, user: User, action: Permission): void {
  if (isPermitted(document.acls, user, action)) return;
  throw new HdfError('forbidden', `${user.name} lacks permission ${action} on the domain`);
}
