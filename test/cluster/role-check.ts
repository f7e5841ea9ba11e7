/** Whether a pod whose Role lacks a verb says so: in its log, and to its readiness probe. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { pause, type LocalCluster, type Role } from './local-cluster.js';

export interface RoleCheck {
  readonly name: string;
  /** Empty: as it should be. */
  readonly problems: readonly string[];
}

/**
 * Starts one more pod without the verb, waits for what it says, gives the verb back, and waits for
 * it to become ready; then removes it.
 *
 * @param verbs of the manifests' Role
 */
export async function checkRole(
  cluster: LocalCluster,
  folder: string,
  { role, verb, verbs }: { role: Role; verb: string; verbs: readonly string[] },
): Promise<RoleCheck> {
  const account = `hsds-${role}`;
  const before = cluster.names(role);
  const withVerb = () => {
    cluster.kubernetes.grant(account, verbs);
  };
  cluster.kubernetes.grant(
    account,
    verbs.filter((other) => other !== verb),
  );
  const problems: string[] = [];
  await cluster.scale(role, before.length + 1);
  const name = cluster.names(role).find((one) => !before.includes(one)) ?? '';
  try {
    const expected = `Kubernetes refuses \\"${verb}\\" on pods in namespace \\"hsds\\" (403)`;
    const rule = `resources [\\"pods\\"], verbs [\\"${verb}\\"]`;
    const log = () => readFileSync(join(folder, 'logs', `${name}.log`), 'utf8');
    await cluster.until(() => log().includes(expected), `${name} logs ${expected}`);
    const ready = await readiness(cluster, name);
    if (ready.status !== 503) problems.push(`readiness answered ${ready.status}, expected 503`);
    for (const text of [expected, rule]) {
      if (!ready.text.includes(text)) problems.push(`readiness does not say why: ${ready.text}`);
    }
    withVerb();
    await cluster.until(() => cluster.pod(name).ready, `${name} is ready with the verb`);
  } catch (error) {
    problems.push(String(error));
  }
  withVerb();
  await cluster.remove(name);
  await cluster.settled();
  return { name: `Role of ${account} without "${verb}"`, problems };
}

/** The readiness probe's answer, once the process listens. */
async function readiness(
  cluster: LocalCluster,
  name: string,
): Promise<{ status: number; text: string }> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      const answer = await request(`${cluster.pod(name).spec.probeOrigin}/health/ready`);
      const text = await answer.body.text();
      // Start-up comes first; afterwards the probe's answer is about the rights.
      if (!text.includes('"started": {"status": "down"}')) {
        return { status: answer.statusCode, text };
      }
    } catch {
      // Not listening yet.
    }
    await pause(200);
  }
  return { status: 0, text: 'no answer' };
}
