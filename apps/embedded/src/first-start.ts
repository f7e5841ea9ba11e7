import { errorKind, type AclEntry, type DomainDocument, type Json } from '#hdf5';
import type { CallContext, DataNodes } from '#dn-client';
import type { ServerRuntime } from '#server';

const MS_PER_S = 1000;
const ALL = {
  create: true,
  read: true,
  update: true,
  delete: true,
  readACL: true,
  updateACL: true,
} as const;
const READ_ONLY: AclEntry = {
  permissions: {
    create: false,
    read: true,
    update: false,
    delete: false,
    readACL: false,
    updateACL: false,
  },
};

/**
 * Makes `/home` and a home folder for every user, unless they are there: what an administrator does
 * first on a new server.
 */
export async function makeHomeFolders(
  nodes: DataNodes,
  runtime: ServerRuntime,
  users: readonly string[],
): Promise<void> {
  const { bucket_name: bucket, admin_user: admin } = runtime.config;
  const now = runtime.clock.now() / MS_PER_S;
  const call: CallContext = { requestId: runtime.newRequestId(), durability: 'D3' };
  const folders = [
    { path: '/home', owner: admin },
    ...users.map((user) => ({ path: `/home/${user}`, owner: user })),
  ];
  for (const { path, owner } of folders) {
    const document: DomainDocument = {
      owner,
      acls: new Map([
        [owner, { permissions: ALL }],
        ['default', READ_ONLY],
      ]),
      created: now,
      lastModified: now,
      extra: new Map<string, Json>(),
    };
    await nodes.call('domain.create', { bucket, path, document }, call).catch((error: unknown) => {
      if (errorKind(error) !== 'conflict') throw error;
    });
  }
}

/** The names in a password file; other lines are not the launcher's business. */
export function userNames(passwordFile: string): string[] {
  return passwordFile
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && line.includes(':'))
    .map((line) => line.slice(0, line.indexOf(':')))
    .filter((name) => /^[\w.@-]{3,}$/.test(name));
}
