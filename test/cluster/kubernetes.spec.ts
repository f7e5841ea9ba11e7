/** Discovery's real code against the stand-in API, over HTTPS with a service account. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKubernetesPods, PodWatch } from '#cluster';
import { systemClock, systemRandom } from '#storage';
import { kubernetesTime, type PodObject } from './pod-registry.js';
import { podVerbs, StandInKubernetes } from './stand-in-kubernetes.js';

const ACCOUNT = 'hsds-dn';
const LABELS = { component: 'dn' };
const ROLES = readFileSync(new URL('../../k8s/base/rbac.yaml', import.meta.url), 'utf8');
const BOOKMARK_MS = 50;

let api: StandInKubernetes;
let folder: string;
let watch: PodWatch;
let errors: string[];

beforeEach(async () => {
  api = new StandInKubernetes('hsds', BOOKMARK_MS);
  folder = mkdtempSync(join(tmpdir(), 'hsds-account-'));
  process.env.KUBERNETES_SERVICE_HOST = '127.0.0.1';
  process.env.KUBERNETES_SERVICE_PORT = String(await api.listen());
  api.writeAccount(folder, ACCOUNT);
  api.grant(ACCOUNT, podVerbs(ROLES, ACCOUNT));
  api.pods.put(pod('dn-1', '10.0.0.1'));
  errors = [];
  watch = new PodWatch({
    api: await openKubernetesPods({ namespace: 'hsds', labels: LABELS, accountPrefix: folder }),
    clock: systemClock,
    random: systemRandom,
    container: 'dn',
    onError: (error) => errors.push(String(error)),
  });
});

afterEach(async () => {
  watch.stop();
  await api.close();
  rmSync(folder, { recursive: true });
});

function pod(name: string, ip: string, labels: Record<string, string> = LABELS): PodObject {
  const creationTimestamp = kubernetesTime(Date.now());
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'hsds', uid: `uid-${name}`, labels, creationTimestamp },
    status: { phase: 'Running', podIP: ip, containerStatuses: [{ name: 'dn', started: true }] },
  };
}

function seenIps(): string[] {
  return (watch.view()?.pods ?? []).map(({ ip }) => ip).sort();
}

/** Resolves when the view holds exactly these pods; a hang is the test's failure. */
function sees(...ips: string[]): Promise<void> {
  return until(() => seenIps().join() === ips.join());
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

it('learns of pods by list and watch, with exactly the Role of the manifests', async () => {
  watch.start();
  await sees('10.0.0.1');
  api.pods.put(pod('dn-2', '10.0.0.2'));
  api.pods.put(pod('other', '10.0.0.9', { component: 'sn' }));
  await sees('10.0.0.1', '10.0.0.2');
  api.pods.remove('dn-1');
  await sees('10.0.0.2');
  expect([watch.trouble, watch.refused, errors]).toEqual([null, false, []]);
  expect(api.asked).toEqual(['list', 'watch']);
  expect(podVerbs(ROLES, ACCOUNT)).toEqual(api.asked);
});

it.each(['list', 'watch'])('says which rule is missing when "%s" is not granted', async (verb) => {
  const verbs = podVerbs(ROLES, ACCOUNT);
  api.grant(
    ACCOUNT,
    verbs.filter((other) => other !== verb),
  );
  watch.start();
  await until(() => watch.refused);
  expect(watch.trouble).toContain(`Kubernetes refuses "${verb}" on pods in namespace "hsds" (403)`);
  expect(watch.trouble).toContain(
    `the rule apiGroups [""], resources ["pods"], verbs ["${verb}"];`,
  );
  expect(errors[0]).toContain(watch.trouble);
  if (verb === 'list') expect(watch.trouble).toContain(`:${ACCOUNT}" cannot list resource "pods"`);
  api.grant(ACCOUNT, verbs);
  void watch.relist();
  await until(() => watch.trouble === null);
  expect(watch.refused).toBe(false);
});

it('stays in service when a right is withdrawn later, and says so', async () => {
  watch.start();
  await sees('10.0.0.1');
  api.pods.put(pod('dn-2', '10.0.0.2'));
  await sees('10.0.0.1', '10.0.0.2');
  api.grant(ACCOUNT, []);
  api.disconnect();
  await until(() => watch.trouble?.includes('403') === true);
  expect(watch.refused).toBe(false);
  expect(seenIps()).toEqual(['10.0.0.1', '10.0.0.2']);
});

it.each(['status', 'event'] as const)('lists anew when its version is gone (%s)', async (form) => {
  watch.start();
  await sees('10.0.0.1');
  api.faults.goneAs = form;
  api.pods.compact();
  api.pods.put(pod('dn-2', '10.0.0.2'));
  await sees('10.0.0.1', '10.0.0.2');
  api.disconnect();
  api.pods.compact();
  api.pods.remove('dn-1');
  await sees('10.0.0.2');
  expect(api.asked.filter((what) => what === 'list').length).toBeGreaterThan(1);
});

it('goes on after the server has dropped the connection, missing nothing', async () => {
  watch.start();
  await sees('10.0.0.1');
  api.disconnect();
  api.pods.put(pod('dn-2', '10.0.0.2'));
  api.pods.remove('dn-1');
  await sees('10.0.0.2');
});

it('sees through a silent watch by the next list, which is never a lagging one', async () => {
  watch.start();
  await sees('10.0.0.1');
  api.faults.silentWatches = true;
  api.pods.put(pod('dn-2', '10.0.0.2'));
  await watch.relist();
  expect(seenIps()).toEqual(['10.0.0.1', '10.0.0.2']);
});

it('takes up a list that failed for a while', async () => {
  api.faults.listStatus = 500;
  watch.start();
  await until(() => errors.length > 0);
  expect([watch.view(), watch.refused]).toEqual([null, false]);
  api.faults.listStatus = 0;
  await sees('10.0.0.1');
  expect(watch.trouble).toBe(null);
});
