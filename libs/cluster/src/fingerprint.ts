import { hash } from 'node:crypto';

/** How objects are divided over nodes, with its version: nodes that differ in it never mix. */
export const PARTITION_FUNCTION = 'mod-md5_5/1';

/**
 * Names a list of data nodes: 16 characters of base64url, equal on every node that derives the
 * same list with the same partition function for the same cluster.
 *
 * @param clusterId bucket and deployment
 * @param list canonical addresses in canonical order
 */
export function mapFingerprint(clusterId: string, list: readonly string[]): string {
  const text = `${clusterId}\n${PARTITION_FUNCTION}\n${list.join('\n')}`;
  return hash('sha256', text, 'base64url').slice(0, 16);
}
