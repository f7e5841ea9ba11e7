/**
 * The default checks of polaris and of Trivy (KSV), by their names, over every overlay. Neither is to
 * be had from the registries that CI installs from, so the rules are here; what they find must be
 * exactly what is kept on purpose, and be explained in k8s/README.md.
 */
import { readFileSync } from 'node:fs';
import type { V1Container, V1PodSpec } from '@kubernetes/client-node';
import { describeWith, OVERLAYS, render, selects, type Rendered } from './rendered.js';

/** A container and what is around it. */
interface Place {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: V1PodSpec;
  readonly container: V1Container;
  readonly rendered: Rendered;
  readonly isInit: boolean;
}

type Check = (place: Place) => boolean;

const ID_MIN = 10_000;
const security = ({ container }: Place) => container.securityContext;
const resource = (kind: 'requests' | 'limits', name: string): Check => {
  return ({ container }) => container.resources?.[kind]?.[name] !== undefined;
};
const replicas = ({ rendered, name }: Place) => rendered.named('Deployment', name).spec?.replicas;
const budgets = ({ rendered, labels }: Place) =>
  rendered
    .of('PodDisruptionBudget')
    .filter(({ spec }) => selects(spec?.selector?.matchLabels, labels));
const env = ({ container }: Place) => container.env ?? [];
const mounts = ({ container }: Place) => container.volumeMounts ?? [];

/** True: passed. Init containers have no probes. */
const PLACES: Readonly<Record<string, Check>> = {
  'polaris tagNotSpecified': ({ container }) =>
    /:(?!latest$)[\w.-]+$|@sha256:/.test(container.image ?? ''),
  'polaris pullPolicyNotAlways': ({ container }) => container.imagePullPolicy === 'Always',
  'polaris readinessProbeMissing': ({ container, isInit }) =>
    isInit || container.readinessProbe !== undefined,
  'polaris livenessProbeMissing': ({ container, isInit }) =>
    isInit || container.livenessProbe !== undefined,
  'polaris deploymentMissingReplicas': (place) => (replicas(place) ?? 1) > 1,
  'polaris priorityClassNotSet': ({ pod }) => pod.priorityClassName !== undefined,
  'polaris metadataAndInstanceMismatched': ({ name, labels }) =>
    labels['app.kubernetes.io/instance'] === name,
  'polaris missingPodDisruptionBudget': (place) => budgets(place).length === 1,
  'polaris pdbDisruptionsIsZero': (place) =>
    budgets(place).every(
      ({ spec }) => spec?.maxUnavailable !== 0 && spec?.minAvailable === undefined,
    ),
  'polaris topologySpreadConstraint': ({ pod }) => (pod.topologySpreadConstraints ?? []).length > 0,
  'polaris automountServiceAccountToken, KSV-0036': ({ pod }) =>
    pod.automountServiceAccountToken === false,
  'polaris missingNetworkPolicy': ({ rendered, labels }) =>
    ['Ingress', 'Egress'].every((type) =>
      rendered
        .of('NetworkPolicy')
        .some(
          ({ spec }) =>
            spec?.policyTypes?.includes(type) === true &&
            selects(spec.podSelector?.matchLabels, labels),
        ),
    ),
  'polaris sensitiveContainerEnvVar': (place) =>
    env(place).every(
      ({ name, value }) =>
        value === undefined || !/password|secret|_key|token(?!_file)/i.test(name),
    ),
  'polaris hostPathSet, KSV-0023': ({ pod }) =>
    (pod.volumes ?? []).every(({ hostPath }) => hostPath === undefined),
  'KSV-0001 no privilege escalation': (place) =>
    security(place)?.allowPrivilegeEscalation === false,
  'KSV-0003 drops all capabilities': (place) =>
    security(place)?.capabilities?.drop?.includes('ALL') === true,
  'KSV-0005 KSV-0022 KSV-0106 adds none': (place) =>
    (security(place)?.capabilities?.add ?? []).length === 0,
  'KSV-0008 no host IPC': ({ pod }) => pod.hostIPC !== true,
  'KSV-0009 no host network': ({ pod }) => pod.hostNetwork !== true,
  'KSV-0010 no host PID': ({ pod }) => pod.hostPID !== true,
  'KSV-0011 CPU limit': resource('limits', 'cpu'),
  'KSV-0012 runAsNonRoot': (place) => security(place)?.runAsNonRoot === true,
  'KSV-0013 tag': ({ container }) => !/:latest$|^[^:@]+$/.test(container.image ?? ''),
  'KSV-0014 read-only root file system': (place) =>
    security(place)?.readOnlyRootFilesystem === true,
  'KSV-0015 CPU request': resource('requests', 'cpu'),
  'KSV-0016 memory request': resource('requests', 'memory'),
  'KSV-0017 not privileged': (place) => security(place)?.privileged !== true,
  'KSV-0018 memory limit': resource('limits', 'memory'),
  'KSV-0020 user above 10000': (place) => (security(place)?.runAsUser ?? 0) > ID_MIN,
  'KSV-0021 group above 10000': (place) => (security(place)?.runAsGroup ?? 0) > ID_MIN,
  'KSV-0024 no host port': ({ container }) =>
    (container.ports ?? []).every(({ hostPort }) => hostPort === undefined),
  'KSV-0030 KSV-0104 seccomp': (place) =>
    security(place)?.seccompProfile?.type === 'RuntimeDefault',
  'KSV-0117 no privileged port': ({ container }) =>
    (container.ports ?? []).every(({ containerPort }) => containerPort > 1024),
  'KSV-0118 pod security context': ({ pod }) => pod.securityContext?.runAsNonRoot === true,
  'KSV-0119 no proc mount': (place) => security(place)?.procMount === undefined,
  'KSV-0121 no docker socket': (place) =>
    mounts(place).every(({ mountPath }) => !/docker\.sock/.test(mountPath)),
  'KSV-0125 KSV-0034 trusted registry': ({ container }) =>
    /^(?:docker\.io|gcr\.io)\//.test(container.image ?? ''),
  'ephemeral storage bounded': (place) =>
    resource('requests', 'ephemeral-storage')(place) &&
    resource('limits', 'ephemeral-storage')(place),
};

/** What is found and kept, by deployment; each is a row of the exceptions in k8s/README.md. */
const ALL = [
  'polaris pullPolicyNotAlways',
  'polaris metadataAndInstanceMismatched',
  'KSV-0125 KSV-0034 trusted registry',
];
const KEPT: Readonly<Record<string, readonly string[]>> = {
  'hsds-sn': [...ALL, 'polaris deploymentMissingReplicas'],
  'hsds-dn': ALL,
  minio: [
    ...ALL,
    'polaris deploymentMissingReplicas',
    'polaris priorityClassNotSet',
    'polaris missingPodDisruptionBudget',
    'polaris topologySpreadConstraint',
  ],
};

function placesOf(rendered: Rendered): Place[] {
  return rendered.pods().flatMap(({ name, labels, spec }) => {
    const of = (isInit: boolean) => (container: V1Container) => {
      return { name, labels, pod: spec, container, rendered, isInit };
    };
    return [...(spec.initContainers ?? []).map(of(true)), ...spec.containers.map(of(false))];
  });
}

describeWith(['bin/kustomize'], 'checks of polaris and Trivy', () => {
  const readme = readFileSync(new URL('../../k8s/README.md', import.meta.url), 'utf8');

  it.each(OVERLAYS)('find in the pods of %s only what is kept on purpose', (overlay) => {
    for (const place of placesOf(render(overlay))) {
      const found = Object.entries(PLACES).flatMap(([id, check]) => (check(place) ? [] : [id]));
      expect([place.name, place.container.name, ...found.sort()]).toEqual([
        place.name,
        place.container.name,
        ...[...(KEPT[place.name] ?? [])].sort(),
      ]);
    }
  });

  it('keep nothing that the README does not explain', () => {
    const names = Object.values(KEPT).flatMap((ids) => ids.map((id) => id.split(' ')));
    for (const [first = '', second = ''] of names) {
      expect(readme).toContain(first === 'polaris' ? second : first);
    }
  });

  it.each(OVERLAYS)('find nothing in the other objects of %s', (overlay) => {
    const rendered = render(overlay);
    // KSV-0041…0056, 0113: secrets, workloads, exec, impersonation; polaris rolePodExecAttach.
    const rules = rendered.of('Role').flatMap(({ rules: of }) => of ?? []);
    for (const { apiGroups, resources, verbs } of rules) {
      expect([apiGroups, resources]).toEqual([[''], ['pods']]);
      expect(verbs.filter((verb) => !['list', 'watch'].includes(verb))).toEqual([]);
    }
    expect(rendered.objects.filter(({ kind }) => kind.startsWith('ClusterRole'))).toEqual([]);
    // KSV-0109, polaris sensitiveConfigmapContent.
    for (const { data = {} } of rendered.of('ConfigMap')) {
      expect(Object.keys(data).filter((key) => /password|secret|token/i.test(key))).toEqual([]);
      expect(Object.values(data).join()).not.toMatch(/aws_secret_access_key|PRIVATE KEY/);
    }
    // polaris hpaMinAvailability, hpaMaxAvailability, pdbMinAvailableGreaterThanHPAMinReplicas.
    for (const { spec } of rendered.of('HorizontalPodAutoscaler')) {
      expect(spec.minReplicas).toBeGreaterThanOrEqual(2);
      expect(spec.maxReplicas).toBeGreaterThan(spec.minReplicas ?? 0);
    }
    // polaris tlsSettingsMissing; KSV-0110 default namespace; KSV-0108 external addresses.
    for (const { spec } of rendered.of('Ingress')) expect(spec?.tls?.length).toBeGreaterThan(0);
    const namespaced = rendered.objects.map(({ metadata }) => metadata.namespace);
    expect(namespaced).not.toContain('default');
    for (const { spec } of rendered.of('Service')) expect(spec?.externalIPs).toBeUndefined();
  });
});
