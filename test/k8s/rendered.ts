/** Renders the overlays of k8s/ with the pinned tools, and gives their objects by kind. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as k8s from '@kubernetes/client-node';
import { loadAll } from 'js-yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tools = join(root, '.tools');

/** What each kind is typed as; other kinds are plain objects. */
interface Kinds {
  ConfigMap: k8s.V1ConfigMap;
  Deployment: k8s.V1Deployment;
  Service: k8s.V1Service;
  ServiceAccount: k8s.V1ServiceAccount;
  Secret: k8s.V1Secret;
  Role: k8s.V1Role;
  RoleBinding: k8s.V1RoleBinding;
  NetworkPolicy: k8s.V1NetworkPolicy;
  PodDisruptionBudget: k8s.V1PodDisruptionBudget;
  HorizontalPodAutoscaler: k8s.V2HorizontalPodAutoscaler;
  PriorityClass: k8s.V1PriorityClass;
  Namespace: k8s.V1Namespace;
  Ingress: k8s.V1Ingress;
}

/** An object of any kind. */
export interface AnyObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: k8s.V1ObjectMeta;
  readonly [member: string]: unknown;
}

/** An overlay of the tests' own, with the components that the others lack. */
const EVERYTHING = 'everything';

/** The overlays, by name. */
export const OVERLAYS = [...readdirSync(join(root, 'k8s/overlays')).sort(), EVERYTHING];

/** The path of a pinned tool; undefined when `scripts/k8s-tools.sh` has not run. */
export function tool(name: string): string | undefined {
  const path = join(tools, name);
  return existsSync(path) ? path : undefined;
}

/** `describe` when all tools are there; otherwise it skips with a word, and fails in CI. */
export function describeWith(names: readonly string[], title: string, body: () => void): void {
  const missing = names.filter((name) => tool(name) === undefined);
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const advice = `run scripts/k8s-tools.sh: ${missing.join(', ')} missing in .tools`;
  if (process.env.CI === undefined) {
    process.stderr.write(`SKIPPED ${title}: ${advice}\n`);
    // The body renders with the tools already when it is collected.
    it.skip(title, () => undefined);
  } else {
    it(title, () => {
      throw new Error(advice);
    });
  }
}

/** Runs a tool; its output and status. */
export function run(name: string, args: readonly string[], input = '') {
  const found = spawnSync(join(tools, name), args, { cwd: root, input, encoding: 'utf8' });
  return { status: found.status, output: found.stdout + found.stderr, stdout: found.stdout };
}

/** The objects of one overlay. */
export class Rendered {
  constructor(readonly objects: readonly AnyObject[]) {}

  of<K extends keyof Kinds>(kind: K): Kinds[K][] {
    return this.objects.filter((object) => object.kind === kind) as unknown as Kinds[K][];
  }

  named<K extends keyof Kinds>(kind: K, name: string): Kinds[K] {
    const found = this.of(kind).find(({ metadata }) => metadata?.name === name);
    if (found === undefined) throw new Error(`expected a ${kind} ${name}, found none`);
    return found;
  }

  /** The deployments of the service itself, and others such as a store for trials. */
  pods(): { name: string; labels: Record<string, string>; spec: k8s.V1PodSpec }[] {
    return this.of('Deployment').map(({ metadata, spec }) => ({
      name: metadata?.name ?? '',
      labels: spec?.template.metadata?.labels ?? {},
      spec: spec?.template.spec ?? { containers: [] },
    }));
  }

  container(deployment: string): k8s.V1Container {
    const [container] = this.pods().find(({ name }) => name === deployment)?.spec.containers ?? [];
    if (container === undefined) throw new Error(`${deployment} has no container`);
    return container;
  }
}

const known = new Map<string, Rendered>();

/** Builds an overlay, once. */
export function render(overlay: string): Rendered {
  const before = known.get(overlay);
  if (before !== undefined) return before;
  const folder = overlay === EVERYTHING ? `test/k8s/${overlay}` : `k8s/overlays/${overlay}`;
  const { status, output, stdout } = run('bin/kustomize', ['build', folder]);
  if (status !== 0) throw new Error(output);
  const made = new Rendered(loadAll(stdout) as AnyObject[]);
  known.set(overlay, made);
  return made;
}

/** Whether labels satisfy a selector of equalities. */
export function selects(
  selector: Readonly<Record<string, string>> | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector ?? {}).every(([name, value]) => labels[name] === value);
}
