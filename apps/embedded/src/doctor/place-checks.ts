/** What the service asks of the place it runs in: files, names, Kubernetes. */
import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { openKubernetesPods, parseSelector } from '#cluster';
import { clusterSettings, s3Credentials, type Config, type ServerRuntime } from '#server';
import { parseGroupsFile, parsePasswordFile, type ParsedFile } from '#sn';
import type { Clock, ObjectStore } from '#storage';
import { fix, ok, skip, step, type Check, type Finding } from './checks.js';

/** A refused watch is refused at once; one that stands so long is granted. */
const WATCH_MS = 1500;

/** Password and groups files, and the file with the S3 keys. */
export function fileChecks(config: Config): Check[] {
  const { password_file: users, groups_file: groups, node_type: role } = config;
  const files: [string, string, TableFile][] = [
    ['users', users, { parse: parsePasswordFile, optional: false }],
    ['groups', groups, { parse: parseGroupsFile, optional: true }],
  ];
  const tables = files.map(([name, file, kind]) => ({
    name,
    run: () =>
      role === 'dn' ? Promise.resolve(skip('a data node knows no users')) : checkTable(file, kind),
  }));
  return [...tables, { name: 's3-keys', run: () => checkKeys(config) }];
}

interface TableFile {
  readonly parse: (text: string) => ParsedFile<unknown>;
  /** It need not be there. */
  readonly optional: boolean;
}

async function checkTable(file: string, { parse, optional }: TableFile): Promise<Finding> {
  if (file === '') return skip('no file is configured');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as { code?: string };
    if (optional && code === 'ENOENT') return skip(`no ${file}`);
    return fix(`${file} cannot be read (${code ?? 'unknown'}): mount it, or correct the setting`);
  }
  const { table, warnings } = parse(text);
  if (warnings.length > 0) return fix(`${file}: ${warnings.join('; ')}`);
  return ok(`${file}: ${table.size} users`);
}

async function checkKeys(config: Config): Promise<Finding> {
  if (config.root_dir !== null && config.root_dir !== '') return skip('storage is on disk');
  const credentials = s3Credentials(config);
  if (typeof credentials === 'function') {
    await step('mount it, or correct s3_credentials_file', credentials());
    return ok(`from ${config.s3_credentials_file ?? ''}`);
  }
  if (credentials === 'anonymous') return ok('requests are not signed');
  return ok(credentials === 'default' ? 'from the AWS chain' : 'from the settings');
}

/** The host of the S3 endpoint has an address. */
export function nameCheck(config: Config): Check {
  return {
    name: 'dns',
    run: async () => {
      if (config.root_dir !== null && config.root_dir !== '') return skip('storage is on disk');
      const gateway = config.aws_s3_gateway ?? '';
      if (!URL.canParse(gateway)) {
        return fix(`aws_s3_gateway: expected http(s)://host[:port], found '${gateway}'`);
      }
      const host = new URL(gateway).hostname.replace(/^\[|\]$/g, '');
      if (isIP(host) !== 0) return skip(`${host} is an address`);
      const { address } = await step(
        'correct aws_s3_gateway, or allow egress to the name server',
        lookup(host),
      );
      return ok(`${host} is ${address}`);
    },
  };
}

/** The service account may list and watch the pods of its namespace. */
export function kubernetesCheck(runtime: ServerRuntime, store: ObjectStore): Check {
  return {
    name: 'kubernetes',
    run: async () => {
      const { config, clock } = runtime;
      if (config.kubernetes_service_host === null) return skip('not in a cluster');
      if (config.dn_urls.length > 0) return skip('the data nodes are a fixed list (dn_urls)');
      const cluster = clusterSettings({ runtime, role: 'sn', store, boot: 'doctor' });
      if (cluster.driver !== 'kubernetes') return skip('not in a cluster');
      const { namespace, selector, accountPrefix } = cluster;
      const labels = parseSelector(selector);
      const prefix = accountPrefix === undefined ? {} : { accountPrefix };
      const api = await openKubernetesPods({ namespace, labels, ...prefix });
      const { pods, resourceVersion } = await api.list();
      await api.watch(resourceVersion, () => undefined, endAfter(clock));
      return ok(`${pods.length} pods of ${selector} in ${namespace}, list and watch are granted`);
    },
  };
}

function endAfter(clock: Clock): AbortSignal {
  const end = new AbortController();
  clock.after(WATCH_MS, () => {
    end.abort();
  });
  return end.signal;
}
