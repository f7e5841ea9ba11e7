/** A service account's token is replaced, and the old one ends, while pods are watched. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { openKubernetesPods, PodWatch } from '#cluster';
import { systemClock, systemRandom } from '#storage';
import { kubernetesTime } from './pod-registry.js';
import { podVerbs, StandInKubernetes } from './stand-in-kubernetes.js';

const ACCOUNT = 'hsds-dn';
const ROLES = readFileSync(new URL('../../k8s/base/rbac.yaml', import.meta.url), 'utf8');
/** The client library reads the file again when it read it more than a minute ago. */
const REREAD_MS = 61_000;
const ALL_BUT_DATE = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const satisfies readonly string[];

afterEach(() => {
  jest.useRealTimers();
});

it('goes on with the new token, with no call refused', async () => {
  const api = new StandInKubernetes('hsds', 50);
  const folder = mkdtempSync(join(tmpdir(), 'hsds-token-'));
  process.env.KUBERNETES_SERVICE_HOST = '127.0.0.1';
  process.env.KUBERNETES_SERVICE_PORT = String(await api.listen());
  api.writeAccount(folder, ACCOUNT);
  api.grant(ACCOUNT, podVerbs(ROLES, ACCOUNT));
  api.pods.put(pod('dn-1', '10.0.0.1'));
  const errors: string[] = [];
  const watch = new PodWatch({
    api: await openKubernetesPods({
      namespace: 'hsds',
      labels: { component: 'dn' },
      accountPrefix: folder,
    }),
    clock: systemClock,
    random: systemRandom,
    container: 'dn',
    onError: (error) => errors.push(String(error)),
  });
  const sees = async (...ips: string[]) => {
    const seen = () => (watch.view()?.pods ?? []).map(({ ip }) => ip).sort();
    while (seen().join() !== ips.join()) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  try {
    watch.start();
    await sees('10.0.0.1');
    // As a kubelet does: the new token is there before the old one ends.
    api.writeAccount(folder, ACCOUNT);
    jest.useFakeTimers({ now: Date.now() + REREAD_MS, doNotFake: [...ALL_BUT_DATE] });
    await watch.relist();
    api.expireTokens();
    api.disconnect();
    api.pods.put(pod('dn-2', '10.0.0.2'));
    await watch.relist();
    await sees('10.0.0.1', '10.0.0.2');
    expect(errors.filter((error) => /40[13]/.test(error))).toEqual([]);
    expect([watch.refused, watch.trouble]).toEqual([false, null]);
  } finally {
    watch.stop();
    await api.close();
    rmSync(folder, { recursive: true });
  }
});

function pod(name: string, ip: string) {
  const creationTimestamp = kubernetesTime(Date.now());
  return {
    apiVersion: 'v1' as const,
    kind: 'Pod' as const,
    metadata: {
      name,
      namespace: 'hsds',
      uid: `uid-${name}`,
      labels: { component: 'dn' },
      creationTimestamp,
    },
    status: { phase: 'Running', podIP: ip, containerStatuses: [{ name: 'dn', started: true }] },
  };
}
