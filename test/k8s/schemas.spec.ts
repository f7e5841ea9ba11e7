/** The reviewers' own tools over every overlay: schemas of Kubernetes and of custom resources, scores. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dump } from 'js-yaml';
import { describeWith, OVERLAYS, render, run, tool, type AnyObject } from './rendered.js';

/** What kube-score finds and we keep, with the reason in k8s/README.md. */
const KEPT = new Map([
  ['hsds-sn', ['container-image-pull-policy']],
  ['hsds-dn', ['container-image-pull-policy']],
  ['minio', ['container-image-pull-policy', 'deployment-replicas', 'deployment-strategy']],
]);
const SCHEMA_VERSION = '1.30';
const SCORE_VERSION = 'v1.31';
const FULL_GRADE = 10;

/** Where the models of a custom resource are, by the group of its apiVersion. */
const MODELS: Readonly<Record<string, string>> = {
  'monitoring.coreos.com': 'prometheus-operator',
  'gateway.networking.k8s.io': 'gateway-api',
  'external-secrets.io': 'external-secrets',
};

interface Score {
  readonly object_meta: { readonly name: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
  }[];
}

type Models = Record<string, new (data: unknown) => { validate(): void }>;

const groupOf = ({ apiVersion }: AnyObject) => apiVersion.split('/')[0] ?? '';
const isCustom = (object: AnyObject) => Object.hasOwn(MODELS, groupOf(object));

/** Wrapped base64 is legal and unknown to the validator. */
function unwrapped(object: AnyObject): AnyObject {
  if (object.kind !== 'Secret') return object;
  const data = Object.entries((object.data ?? {}) as Record<string, string>);
  const joined = data.map(([name, text]) => [name, text.replace(/\s/g, '')] as const);
  return { ...object, data: Object.fromEntries(joined) };
}

/** Checks one set of native objects against the schemas that the validator carries. */
function validate(objects: readonly AnyObject[]) {
  const folder = mkdtempSync(join(tmpdir(), 'hsds-k8s-'));
  try {
    const file = join(folder, 'objects.yaml');
    writeFileSync(file, objects.map((object) => dump(unwrapped(object))).join('---\n'));
    return run('bin/kubectl-validate', ['--version', SCHEMA_VERSION, file]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describeWith(['bin/kustomize', 'bin/kubectl-validate'], 'schemas of Kubernetes', () => {
  it.each(OVERLAYS)('%s has only fields that Kubernetes knows', (overlay) => {
    const native = render(overlay).objects.filter((object) => !isCustom(object));
    const { status, output } = validate(native);
    expect(output).not.toMatch(/invalid|unknown|failed/i);
    expect(status).toBe(0);
  });

  it('would find a misspelt field', () => {
    const service = render('dev-kind').objects.find(({ kind }) => kind === 'Service');
    const wrong = { ...service, spec: { ...(service?.spec as object), selectors: {} } };
    expect(validate([wrong as unknown as AnyObject]).status).not.toBe(0);
  });
});

describeWith(
  ['bin/kustomize', 'node_modules/@kubernetes-models'],
  'schemas of custom resources',
  () => {
    async function modelOf({ apiVersion, kind }: AnyObject) {
      const [group = '', version = ''] = apiVersion.split('/');
      const folder = `node_modules/@kubernetes-models/${MODELS[group]}/${group}/${version}`;
      const file = tool(`${folder}/${kind}.js`);
      if (file === undefined) throw new Error(`no model of ${apiVersion} ${kind}`);
      const model = ((await import(pathToFileURL(file).href)) as Models)[kind];
      if (model === undefined) throw new Error(`no class ${kind}`);
      return model;
    }

    it.each(OVERLAYS)('%s has custom resources of the right shape', async (overlay) => {
      for (const object of render(overlay).objects.filter(isCustom)) {
        const Model = await modelOf(object);
        expect(() => {
          new Model(object).validate();
        }).not.toThrow();
      }
    });

    it('would find a member of a wrong type', async () => {
      const monitor = render('aws-irsa').objects.find(({ kind }) => kind === 'PodMonitor');
      if (monitor === undefined) throw new Error('expected a PodMonitor');
      const Model = await modelOf(monitor);
      const wrong = { ...monitor, spec: { podMetricsEndpoints: 'all' } };
      expect(() => {
        new Model(wrong).validate();
      }).toThrow('podMetricsEndpoints');
    });
  },
);

describeWith(['bin/kustomize', 'bin/kube-score'], 'kube-score', () => {
  it.each(OVERLAYS)('finds in %s only what is kept on purpose', (overlay) => {
    const text = render(overlay)
      .objects.filter((object) => !isCustom(object))
      .map((object) => dump(object))
      .join('---\n');
    const args = ['score', '--kubernetes-version', SCORE_VERSION, '--output-format', 'json', '-'];
    const scores = JSON.parse(run('bin/kube-score', args, text).stdout) as Score[];
    expect(scores.length).toBeGreaterThan(5);
    for (const { object_meta: meta, checks } of scores) {
      const found = checks.filter(({ skipped, grade }) => !skipped && grade < FULL_GRADE);
      expect([meta.name, ...found.map(({ check }) => check.id).sort()]).toEqual([
        meta.name,
        ...(found.length === 0 ? [] : (KEPT.get(meta.name) ?? [])),
      ]);
    }
  });
});
