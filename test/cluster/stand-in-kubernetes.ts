/** A small Kubernetes API over HTTPS: the pods of one namespace, listed and watched under RBAC. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { selfSignedCertificate, type Certificate } from './certificate.js';
import { hasLabels, PodRegistry, type PodObject, type WatchEvent } from './pod-registry.js';

const LOCALHOST = '127.0.0.1';
const ACCOUNT_FOLDER = 'var/run/secrets/kubernetes.io/serviceaccount';

/** What it may do wrong, and when. */
export interface KubernetesFaults {
  /** Watches stay open and say nothing: no events, no bookmarks. */
  silentWatches: boolean;
  /** How a watch from a forgotten version is refused. */
  goneAs: 'status' | 'event';
  /** A list with `resourceVersion=0` is this old. */
  lagMs: number;
  /** Lists are answered with this status; 0: as they should be. */
  listStatus: number;
}

interface Watcher {
  readonly response: ServerResponse;
  readonly end: () => void;
}

/** The API server. Start with {@link listen}; pods are put into {@link pods}. */
export class StandInKubernetes {
  readonly pods = new PodRegistry();
  readonly faults: KubernetesFaults = {
    silentWatches: false,
    goneAs: 'event',
    lagMs: 5000,
    listStatus: 0,
  };
  /** What was asked, newest last: `list`, `watch`, and refusals as `403 list`. */
  readonly asked: string[] = [];
  private readonly certificate: Certificate = selfSignedCertificate([LOCALHOST, 'localhost']);
  private readonly server: Server;
  private readonly watchers = new Set<Watcher>();
  /** Account of each token that is taken. */
  private readonly accounts = new Map<string, string>();
  private readonly newest = new Map<string, string>();
  private readonly grants = new Map<string, ReadonlySet<string>>();

  /** @param bookmarkMs between bookmarks of a watch */
  constructor(
    readonly namespace: string,
    private readonly bookmarkMs = 5000,
  ) {
    this.server = createServer(this.certificate, (request, response) => {
      this.answer(request, response);
    });
  }

  /** @returns the port */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, LOCALHOST, resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.disconnect();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Lets a service account do things with pods. */
  grant(account: string, verbs: Iterable<string>): void {
    this.grants.set(account, new Set(verbs));
  }

  /**
   * Writes a new token, the authority and the namespace below a prefix, where a pod has them
   * mounted. Former tokens of the account stay good until {@link expireTokens}.
   */
  writeAccount(prefix: string, account: string): void {
    const folder = join(prefix, ACCOUNT_FOLDER);
    const token = randomUUID();
    this.accounts.set(token, account);
    this.newest.set(account, token);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'token'), token);
    writeFileSync(join(folder, 'ca.crt'), this.certificate.cert);
    writeFileSync(join(folder, 'namespace'), this.namespace);
  }

  /** From now on only the newest token of each account is taken. */
  expireTokens(): void {
    const good = new Set(this.newest.values());
    for (const token of this.accounts.keys()) if (!good.has(token)) this.accounts.delete(token);
  }

  /** Ends all watches, as an API server does that is restarted. */
  disconnect(): void {
    for (const { end, response } of [...this.watchers]) {
      end();
      response.destroy();
    }
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'https://api');
    const path = `/api/v1/namespaces/${this.namespace}/pods`;
    const name = url.pathname.slice(path.length + 1);
    if (request.method !== 'GET' || !`${url.pathname}/`.startsWith(`${path}/`)) {
      sendStatus(response, 404, `the stand-in has no ${request.method ?? ''} ${url.pathname}`);
      return;
    }
    const watch = ['true', '1'].includes(url.searchParams.get('watch') ?? '');
    const verb = name !== '' ? 'get' : watch ? 'watch' : 'list';
    const refusal = this.refusal(request, verb);
    this.asked.push(refusal === null ? verb : `${refusal.code} ${verb}`);
    if (refusal !== null) sendStatus(response, refusal.code, refusal.message);
    else if (verb === 'get') this.get(name, response);
    else if (watch) this.watch(url.searchParams, response);
    else this.list(url.searchParams, response);
  }

  private get(name: string, response: ServerResponse): void {
    const pod = this.pods.list().find(({ metadata }) => metadata.name === name);
    if (pod === undefined) sendStatus(response, 404, `pods "${name}" not found`);
    else sendJson(response, 200, pod);
  }

  private refusal(
    request: IncomingMessage,
    verb: string,
  ): { code: number; message: string } | null {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const account = this.accounts.get(token);
    if (account === undefined) return { code: 401, message: 'Unauthorized' };
    if (this.grants.get(account)?.has(verb) === true) return null;
    const user = `system:serviceaccount:${this.namespace}:${account}`;
    const where = `in API group "" in the namespace "${this.namespace}"`;
    const what = `User "${user}" cannot ${verb} resource "pods" ${where}`;
    return { code: 403, message: `pods is forbidden: ${what}` };
  }

  private list(query: URLSearchParams, response: ServerResponse): void {
    if (this.faults.listStatus !== 0) {
      sendStatus(response, this.faults.listStatus, 'as the test demands');
      return;
    }
    const old = query.get('resourceVersion') === '0';
    const now = { pods: this.pods.list(), version: this.pods.version };
    const { pods, version } = old ? this.pods.listAt(Date.now() - this.faults.lagMs) : now;
    const selector = query.get('labelSelector') ?? '';
    sendJson(response, 200, {
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: { resourceVersion: String(version) },
      items: pods.filter((pod) => hasLabels(pod, selector)),
    });
  }

  private watch(query: URLSearchParams, response: ServerResponse): void {
    const selector = query.get('labelSelector') ?? '';
    const past = this.pods.since(Number(query.get('resourceVersion') ?? this.pods.version));
    if (past === null && this.faults.goneAs === 'status') {
      sendStatus(response, 410, 'too old resource version');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (past === null) {
      response.end(line('ERROR', statusObject(410, 'too old resource version')));
      return;
    }
    const tell = (event: WatchEvent) => {
      const quiet = this.faults.silentWatches || !hasLabels(event.object, selector);
      if (!quiet) response.write(line(event.type, event.object));
    };
    for (const event of past) tell(event);
    this.follow(query, response, tell);
  }

  private follow(
    query: URLSearchParams,
    response: ServerResponse,
    tell: (event: WatchEvent) => void,
  ): void {
    const forget = this.pods.onEvent(tell);
    const bookmarks = setInterval(() => {
      if (this.faults.silentWatches || query.get('allowWatchBookmarks') !== 'true') return;
      const metadata = { resourceVersion: String(this.pods.version) };
      response.write(line('BOOKMARK', { kind: 'Pod', apiVersion: 'v1', metadata }));
    }, this.bookmarkMs);
    const end = () => {
      clearInterval(bookmarks);
      clearTimeout(limit);
      forget();
      this.watchers.delete(watcher);
    };
    const limit = setTimeout(
      () => {
        end();
        response.end();
      },
      Number(query.get('timeoutSeconds') ?? 300) * 1000,
    );
    const watcher = { response, end };
    this.watchers.add(watcher);
    response.once('close', end);
  }
}

/** The verbs on pods that a Role in a text of YAML documents gives to a service account. */
export function podVerbs(yaml: string, account: string): string[] {
  const documents = loadAll(yaml) as Rule[];
  const roles = documents
    .filter(({ kind }) => kind === 'RoleBinding')
    .filter(({ subjects = [] }) => subjects.some(({ name }) => name === account))
    .map(({ roleRef }) => roleRef?.name);
  return documents
    .filter(({ kind, metadata }) => kind === 'Role' && roles.includes(metadata?.name))
    .flatMap(({ rules = [] }) => rules)
    .filter(({ apiGroups, resources }) => apiGroups.includes('') && resources.includes('pods'))
    .flatMap(({ verbs }) => verbs);
}

/** Equality selector and other settings of the manifests' ConfigMap. */
export function manifestSettings(yaml: string): Record<string, unknown> {
  return load(yaml) as Record<string, unknown>;
}

interface Rule {
  readonly kind: string;
  readonly metadata?: { readonly name: string };
  readonly roleRef?: { readonly name: string };
  readonly subjects?: readonly { readonly name: string }[];
  readonly rules?: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[];
}

function line(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

function statusObject(code: number, message: string): object {
  const reasons: Record<number, string> = { 401: 'Unauthorized', 403: 'Forbidden', 410: 'Expired' };
  const reason = reasons[code] ?? 'NotFound';
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  };
}

function sendStatus(response: ServerResponse, code: number, message: string): void {
  sendJson(response, code, statusObject(code, message));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export type { PodObject };
