/** A data node that cannot store what it has does not end at SIGTERM, and ends at once at a second. */
import { pause, type LocalCluster } from './local-cluster.js';
import type { RoleCheck } from './role-check.js';

/** Longer than the second signal may be part of the first; far shorter than any time-out. */
const BETWEEN_MS = 1500;
const AT_ONCE_MS = 2000;

/** Cuts one of two data nodes from the store, and sends it two signals. */
export async function checkForce(cluster: LocalCluster): Promise<RoleCheck> {
  const problems: string[] = [];
  await cluster.scale('dn', 2);
  await cluster.settled();
  const name = cluster.names('dn')[0] ?? '';
  const pod = cluster.pod(name);
  const { pid } = pod;
  cluster.cut(name, 'store', 'silence');
  cluster.signal(name, 'SIGTERM');
  await pause(BETWEEN_MS);
  if (pod.pid !== pid) problems.push('ended at the first signal, without the store');
  cluster.signal(name, 'SIGTERM');
  try {
    await cluster.until(() => pod.pid !== pid, 'the second signal ends it', AT_ONCE_MS);
    const { lastEnd } = pod;
    if (lastEnd?.exitCode !== 130) problems.push(`exit code ${lastEnd?.exitCode}, expected 130`);
  } catch (error) {
    problems.push(String(error));
  }
  cluster.mend(name, 'store');
  await cluster.settled();
  return { name: 'a second SIGTERM forces', problems };
}
