/**
 * The rules of kube-score, polaris and Trivy's Kubernetes checks that matter here, and what ties
 * the manifests to the code: ports, probes, labels, settings. Deliberate exceptions: k8s/README.md.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { V1Container, V1Probe } from '@kubernetes/client-node';
import { loadConfig, type Config } from '#server';
import { describeWith, OVERLAYS, render, selects, type Rendered } from './rendered.js';

const NODES = [
  { name: 'hsds-sn', container: 'sn', port: 5101 },
  { name: 'hsds-dn', container: 'dn', port: 6101 },
];

/** The configuration that the nodes of an overlay read. */
function configOf(rendered: Rendered): { config: Config; warnings: readonly string[] } {
  const maps = rendered.of('ConfigMap');
  const data = maps.find((map) => map.metadata?.name?.startsWith('hsds-config'))?.data ?? {};
  const file = (name: string) => ({ name, text: data[name] ?? '' });
  return loadConfig({
    argv: [],
    env: {},
    configFile: file('config.yml'),
    overrideFile: file('override.yml'),
  });
}

function containersOf(rendered: Rendered): V1Container[] {
  return rendered
    .pods()
    .flatMap(({ spec }) => [...(spec.initContainers ?? []), ...spec.containers]);
}

const path = (probe: V1Probe | undefined) => `${probe?.httpGet?.path} ${probe?.httpGet?.port}`;

describeWith(['bin/kustomize'], 'manifests', () => {
  describe.each(OVERLAYS)('%s', (overlay) => {
    const rendered = render(overlay);

    it('puts everything into its own namespace, which enforces restricted pods', () => {
      const [namespace] = rendered.of('Namespace');
      expect(namespace?.metadata?.name).not.toBe('default');
      for (const mode of ['enforce', 'audit', 'warn']) {
        const label = `pod-security.kubernetes.io/${mode}`;
        expect(namespace?.metadata?.labels).toMatchObject({ [label]: 'restricted' });
      }
      const global = ['Namespace', 'PriorityClass'];
      const local = rendered.objects.filter(({ kind }) => !global.includes(kind));
      expect(new Set(local.map(({ metadata }) => metadata.namespace))).toEqual(
        new Set([namespace?.metadata?.name]),
      );
    });

    it('gives no right but to see pods in its own namespace, and mounts only its own token', () => {
      expect(rendered.of('Role').flatMap(({ rules }) => rules)).toEqual([
        { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
      ]);
      expect(rendered.objects.filter(({ kind }) => kind.startsWith('ClusterRole'))).toEqual([]);
      const accounts = rendered.of('RoleBinding').flatMap(({ subjects }) => subjects ?? []);
      expect(accounts.map(({ name }) => name)).toEqual(['hsds-sn', 'hsds-dn']);
      for (const account of rendered.of('ServiceAccount')) {
        expect(account.automountServiceAccountToken).toBe(false);
      }
      for (const { spec } of rendered.pods()) {
        expect(spec.automountServiceAccountToken).toBe(false);
        expect(rendered.named('ServiceAccount', spec.serviceAccountName ?? '')).toBeDefined();
      }
    });

    it('runs every container restricted, with bounds, from a fixed image', () => {
      for (const { spec } of rendered.pods()) {
        const context = spec.securityContext;
        expect(context).toMatchObject({ runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001 });
        expect(context?.seccompProfile?.type).toBe('RuntimeDefault');
        expect(spec.enableServiceLinks).toBe(false);
        const open = [spec.hostNetwork, spec.hostPID, spec.hostIPC, spec.shareProcessNamespace];
        expect(open.filter((value) => value === true)).toEqual([]);
        expect(spec.volumes?.filter(({ hostPath }) => hostPath !== undefined)).toEqual([]);
      }
      for (const container of containersOf(rendered)) {
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          privileged: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          capabilities: { drop: ['ALL'] },
        });
        const { requests = {}, limits = {} } = container.resources ?? {};
        for (const kind of ['cpu', 'memory', 'ephemeral-storage']) {
          expect([kind, requests[kind], limits[kind]]).not.toContain(undefined);
        }
        expect(container.image).toMatch(/(?::[\w.-]+|@sha256:[0-9a-f]{64})$/);
        expect(container.image).not.toMatch(/:latest$/);
      }
    });

    it('keeps secrets out of the environment and out of ConfigMaps', () => {
      const env = containersOf(rendered).flatMap((container) => container.env ?? []);
      const secret = /password|secret|access_key|token$/i;
      expect(env.filter(({ name, value }) => value !== undefined && secret.test(name))).toEqual([]);
      expect(env.filter(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined)).toEqual([]);
      const { config } = configOf(rendered);
      expect([config.aws_access_key_id, config.hs_password, config.password_salt]).toEqual([
        'xxx',
        null,
        null,
      ]);
      for (const { spec } of rendered.pods()) {
        for (const { secret: mounted } of spec.volumes ?? []) {
          if (mounted !== undefined) expect(mounted.defaultMode).toBe(0o440);
        }
      }
    });

    it('has only settings that exist, and mounts what they name', () => {
      const { config, warnings } = configOf(rendered);
      expect(warnings).toEqual([]);
      expect([config.sn_port, config.dn_port, config.log_format]).toEqual([5101, 6101, 'json']);
      const mounts = (name: string) =>
        rendered.container(name).volumeMounts?.map(({ mountPath }) => mountPath);
      expect(mounts('hsds-sn')).toContain(config.password_file.replace(/\/[^/]+$/, ''));
      expect(mounts('hsds-dn')).not.toContain('/secrets/users');
      const keys = config.s3_credentials_file?.replace(/\/[^/]+$/, '');
      for (const { name } of NODES) {
        expect(mounts(name)?.filter((mount) => mount.startsWith('/secrets/s3'))).toEqual(
          keys === undefined ? [] : [keys],
        );
      }
    });

    it('selects the pods of data nodes, and no others, with the setting of the code', () => {
      const { config } = configOf(rendered);
      const pairs = config.k8s_dn_label_selector.split(',').map((pair) => pair.split('='));
      const selector = Object.fromEntries(pairs) as Record<string, string>;
      const chosen = rendered.pods().filter(({ labels }) => selects(selector, labels));
      expect(chosen.map(({ name }) => name)).toEqual(['hsds-dn']);
      for (const { name } of NODES) {
        const own = rendered.named('Deployment', name).spec?.selector.matchLabels;
        const matched = rendered.pods().filter(({ labels }) => selects(own, labels));
        expect(matched.map((pod) => pod.name)).toEqual([name]);
      }
    });

    it.each(NODES)('starts, probes and places $name as the code expects', (node) => {
      const container = rendered.container(node.name);
      expect(container.name).toBe(node.container);
      expect(container.args).toEqual([`dist/apps/${node.container}/src/main.js`]);
      expect(container.ports?.[0]).toMatchObject({ name: 'http', containerPort: node.port });
      const env = new Map(container.env?.map((item) => [item.name, item.valueFrom?.fieldRef]));
      expect(env.get('POD_IP')?.fieldPath).toBe('status.podIP');
      expect(env.get('POD_UID')?.fieldPath).toBe('metadata.uid');
      expect(path(container.startupProbe)).toBe('/health/startup http');
      expect(path(container.readinessProbe)).toBe('/health/ready http');
      expect(path(container.livenessProbe)).toBe('/health/live http');
      expect(container.livenessProbe?.terminationGracePeriodSeconds).toBe(5);
      const { resources } = container;
      expect(resources?.requests?.memory).toBe(resources?.limits?.memory);
      const pod = rendered.pods().find(({ name }) => name === node.name)?.spec;
      const classes = rendered.of('PriorityClass').map(({ metadata }) => metadata?.name);
      expect(classes).toContain(pod?.priorityClassName);
      const spread = pod?.topologySpreadConstraints ?? [];
      expect(spread.map(({ topologyKey }) => topologyKey)).toEqual([
        'topology.kubernetes.io/zone',
        'kubernetes.io/hostname',
      ]);
      for (const { matchLabelKeys } of spread)
        expect(matchLabelKeys).toEqual(['pod-template-hash']);
      expect(pod?.affinity?.podAntiAffinity).toBeDefined();
      expect(pod?.tolerations?.map(({ tolerationSeconds }) => tolerationSeconds)).toEqual([10, 10]);
    });

    it('leaves the heap, the caches and the bodies room in memory', () => {
      const { config } = configOf(rendered);
      for (const { name } of NODES) {
        const { env, resources } = rendered.container(name);
        const options = env?.find((item) => item.name === 'NODE_OPTIONS')?.value ?? '';
        const heapMiB = Number(/--max-old-space-size=(\d+)/.exec(options)?.[1]);
        const [, amount, unit] = /^(\d+)(Gi|Mi)$/.exec(resources?.limits?.memory ?? '') ?? [];
        const limitMiB = Number(amount) * (unit === 'Gi' ? 1024 : 1);
        const buffers =
          name === 'hsds-dn'
            ? (config.chunk_mem_cache_size + config.metadata_mem_cache_size) / 2 ** 20
            : 256;
        expect(heapMiB + buffers).toBeLessThan(limitMiB * 0.8);
      }
    });

    it('ends and rolls pods without loss', () => {
      const sn = rendered.named('Deployment', 'hsds-sn').spec;
      const dn = rendered.named('Deployment', 'hsds-dn').spec;
      expect(dn?.strategy?.rollingUpdate).toEqual({ maxSurge: '100%', maxUnavailable: 0 });
      expect(sn?.strategy?.rollingUpdate?.maxUnavailable).toBe(0);
      expect(dn?.template.spec?.terminationGracePeriodSeconds).toBe(120);
      expect(sn?.template.spec?.terminationGracePeriodSeconds).toBe(75);
      expect(rendered.container('hsds-sn').lifecycle?.preStop?.sleep?.seconds).toBe(10);
      expect(rendered.container('hsds-dn').lifecycle).toBeUndefined();
      expect(sn?.replicas).toBeUndefined();
      expect(dn?.replicas).toBeGreaterThanOrEqual(2);
      const hpa = rendered.of('HorizontalPodAutoscaler');
      expect(hpa.map(({ spec }) => [spec.scaleTargetRef.name, spec.minReplicas])).toEqual([
        ['hsds-sn', 2],
      ]);
      for (const { name } of NODES) {
        const { spec } = rendered.named('PodDisruptionBudget', name);
        expect(spec).toMatchObject({
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: 'AlwaysAllow',
        });
        const labels = rendered.pods().find((pod) => pod.name === name)?.labels ?? {};
        expect(selects(spec?.selector?.matchLabels, labels)).toBe(true);
      }
    });

    it('exposes service nodes only, inside the cluster', () => {
      for (const { metadata, spec } of rendered.of('Service')) {
        expect(spec?.type).toBe('ClusterIP');
        const targets = rendered.pods().filter(({ labels }) => selects(spec?.selector, labels));
        expect([metadata?.name, targets.length]).toEqual([metadata?.name, 1]);
        const names = targets[0]?.spec.containers[0]?.ports?.map(({ name }) => name);
        for (const { targetPort } of spec?.ports ?? []) expect(names).toContain(targetPort);
      }
      expect(rendered.named('Service', 'hsds-dn').spec).toMatchObject({
        clusterIP: 'None',
        publishNotReadyAddresses: true,
      });
      for (const { spec } of rendered.of('Ingress')) {
        expect(spec?.tls?.flatMap(({ hosts }) => hosts)).toEqual(
          spec?.rules?.map(({ host }) => host),
        );
      }
    });

    it('lets through the network only what it names', () => {
      const policies = rendered.of('NetworkPolicy');
      const denyAll = rendered.named('NetworkPolicy', 'hsds-deny-all').spec;
      expect(denyAll).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
      for (const { spec } of policies) {
        const selector = spec?.podSelector?.matchLabels;
        expect(rendered.pods().some(({ labels }) => selects(selector, labels))).toBe(true);
        // The client library renames `from`; these objects are as the YAML has them.
        for (const rule of spec?.ingress ?? []) {
          const { from = [] } = rule as { from?: unknown[] };
          expect(from).not.toEqual([]);
          expect(rule.ports ?? []).not.toEqual([]);
        }
      }
      expect(rendered.named('NetworkPolicy', 'hsds-dn-ingress').spec?.ingress).toHaveLength(1);
      const blocks = policies
        .flatMap(({ spec }) => spec?.egress ?? [])
        .flatMap(({ to }) => to ?? [])
        .flatMap(({ ipBlock }) => ipBlock ?? []);
      const open = blocks.find(({ cidr }) => cidr === '0.0.0.0/0');
      expect(open?.except).toContain('169.254.0.0/16');
    });
  });
});

describeWith(['bin/kustomize'], 'component tracing', () => {
  it('names a collector to both roles, with settings that exist, and opens its port alone', () => {
    const rendered = render('everything');
    for (const { name } of NODES) {
      const given = rendered.container(name).env?.flatMap(({ name: key, value }) => {
        return key.startsWith('OTEL_') && value !== undefined ? [[key, value] as const] : [];
      });
      const { config } = loadConfig({ argv: [], env: Object.fromEntries(given ?? []) });
      expect(config.otel_exporter_otlp_endpoint).toMatch(/^http:\/\/.*:4318$/);
      expect(config.otel_traces_sampler_arg).toBeLessThan(1);
      expect(given?.every(([key]) => Object.hasOwn(config, key.toLowerCase()))).toBe(true);
    }
    const egress = rendered.named('NetworkPolicy', 'hsds-tracing').spec?.egress ?? [];
    expect(egress.flatMap(({ ports }) => ports?.map(({ port }) => port))).toEqual([4318]);
  });

  it('has every component in some overlay', () => {
    const components = readdirSync('k8s/components');
    const files = OVERLAYS.map((overlay) =>
      overlay === 'everything' ? `test/k8s/${overlay}` : `k8s/overlays/${overlay}`,
    );
    const text = files.map((folder) => readFileSync(`${folder}/kustomization.yaml`, 'utf8')).join();
    expect(components.filter((name) => !text.includes(`components/${name}\n`))).toEqual([]);
  });
});
