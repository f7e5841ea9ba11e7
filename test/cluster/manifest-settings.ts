/** What the manifests say of the two Deployments, the image and the Ingress, for a run of processes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import type { V1Deployment, V1Ingress, V1Probe } from '@kubernetes/client-node';
import type { Role } from './local-cluster.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const UNITS: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** A probe as a kubelet does it. */
export interface ProbeRule {
  readonly path: string;
  readonly periodMs: number;
  readonly timeoutMs: number;
  readonly failuresMax: number;
}

/** One Deployment. */
export interface RoleRules {
  readonly replicas: number;
  readonly port: number;
  /** Variables with values of their own, those of the image below them. */
  readonly env: Readonly<Record<string, string>>;
  readonly memoryBytes: number;
  readonly probes: Readonly<Record<'startup' | 'readiness' | 'liveness', ProbeRule>>;
}

/** Reads `k8s/base` and the Dockerfile. @param autoscaled replicas where the manifest has none */
export function roleRules(role: Role, autoscaled = 2): RoleRules {
  const deployment = load(read(`k8s/base/${role}-deployment.yaml`)) as V1Deployment;
  const [container] = deployment.spec?.template.spec?.containers ?? [];
  if (container === undefined) throw new Error(`no container in the Deployment of ${role}`);
  const own = (container.env ?? []).flatMap(({ name, value }) =>
    value === undefined || name === 'CONFIG_DIR' ? [] : [[name, value] as const],
  );
  return {
    replicas: deployment.spec?.replicas ?? autoscaled,
    port: container.ports?.[0]?.containerPort ?? 0,
    env: { ...imageEnv(), ...Object.fromEntries(own) },
    memoryBytes: bytesOf(container.resources?.limits?.memory ?? ''),
    probes: {
      startup: probeRule(container.startupProbe),
      readiness: probeRule(container.readinessProbe),
      liveness: probeRule(container.livenessProbe),
    },
  };
}

/** The longest body that the Ingress lets through. */
export function bodyBytesMax(): number {
  const ingress = load(read('k8s/components/ingress/ingress.yaml')) as V1Ingress;
  const text = ingress.metadata?.annotations?.['nginx.ingress.kubernetes.io/proxy-body-size'] ?? '';
  return bytesOf(text.replace(/m$/, 'Mi'));
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** `ENV` of the final stage. */
function imageEnv(): Record<string, string> {
  const text = read('Dockerfile').replace(/\\\n\s*/g, '');
  const [, line = ''] = /^ENV (.*)$/m.exec(text) ?? [];
  return Object.fromEntries(line.split(/\s+/).map((pair) => pair.split('=') as [string, string]));
}

function bytesOf(text: string): number {
  const [, amount = '', unit = ''] = /^(\d+)([KMG]i)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (factor === undefined) throw new Error(`not a size: '${text}'`);
  return Number(amount) * factor;
}

function probeRule(probe: V1Probe | undefined): ProbeRule {
  return {
    path: probe?.httpGet?.path ?? '',
    periodMs: (probe?.periodSeconds ?? 10) * 1000,
    timeoutMs: (probe?.timeoutSeconds ?? 1) * 1000,
    failuresMax: probe?.failureThreshold ?? 3,
  };
}
