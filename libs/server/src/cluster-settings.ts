/** Where the data nodes of this process's cluster come from, by the configuration. */
import { isIP } from 'node:net';
import { readFileSync } from 'node:fs';
import { HdfError } from '#hdf5';
import type { ClusterNode, ClusterOptions, KubernetesClusterOptions } from '#cluster';
import type { ObjectStore } from '#storage';
import type { Config } from './config/keys.js';
import type { ServerRuntime } from './runtime.js';

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
/** Name of the data node's container in the manifests. */
const DN_CONTAINER = 'dn';

export interface ClusterSettingsParts {
  readonly runtime: ServerRuntime;
  readonly role: 'sn' | 'dn';
  /** For the epoch record. */
  readonly store: ObjectStore;
  /** Random id of this process start. */
  readonly boot: string;
}

/**
 * A fixed list when `dn_urls` is set, pods when Kubernetes is around.
 *
 * @throws HdfError `invalid` when neither is
 */
export function clusterSettings(parts: ClusterSettingsParts): ClusterOptions {
  const { config } = parts.runtime;
  if (config.dn_urls.length > 0) {
    const nodes = parseNodeUrls(config.dn_urls);
    return parts.role === 'dn'
      ? { driver: 'static', nodes, self: ownAddress(config) }
      : { driver: 'static', nodes };
  }
  if (config.kubernetes_service_host !== null) return kubernetesSettings(parts);
  throw new HdfError('invalid', 'no data nodes: set dn_urls, or run in Kubernetes');
}

/** Where a data node listens, as the other nodes know it. */
export function ownAddress(config: Config): ClusterNode {
  const wild = config.host === '0.0.0.0' || config.host === '::';
  const ip = config.pod_ip ?? (wild ? '127.0.0.1' : config.host);
  return { ip, port: config.port === 0 ? config.dn_port : config.port };
}

/** @throws HdfError `invalid` for anything but `http://address:port` */
export function parseNodeUrls(urls: readonly string[]): ClusterNode[] {
  return urls.map((text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const ip = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
    if (url === null || url.port === '' || isIP(ip) === 0) {
      throw new HdfError(
        'invalid',
        `dn_urls: expected http://<IP address>:<port>, found '${text}'`,
      );
    }
    return { ip, port: Number(url.port) };
  });
}

function kubernetesSettings(parts: ClusterSettingsParts): KubernetesClusterOptions {
  const { runtime, role, store, boot } = parts;
  const { config, clock, random, log, metrics } = runtime;
  const prefix = config.service_account_prefix;
  const self = { ip: config.pod_ip ?? '', uid: config.pod_uid ?? '', boot };
  return {
    driver: 'kubernetes',
    role,
    clusterId: config.cluster_id ?? config.bucket_name,
    store,
    bucket: config.bucket_name,
    namespace: config.k8s_namespace ?? ownNamespace(prefix ?? ''),
    selector: selectorOf(config),
    container: DN_CONTAINER,
    dnPort: config.dn_port,
    ...(role === 'dn' ? { self } : {}),
    clock,
    random,
    log: (event, facts) => {
      log.info(event, facts);
      metrics.cluster.note(event, facts, clock.monotonic());
    },
    exit: (code) => process.exit(code),
    allowUnfencedStore: config.hsds_allow_unfenced_store,
    ...(prefix === null ? {} : { accountPrefix: prefix }),
  };
}

function selectorOf({ k8s_dn_label_selector: selector, k8s_app_label: app }: Config): string {
  return selector === '' && app !== null ? `app=${app}` : selector;
}

function ownNamespace(prefix: string): string {
  const file = prefix + NAMESPACE_FILE;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new HdfError('invalid', `k8s_namespace is not set and ${file} cannot be read`, {
      cause: error,
    });
  }
}
