/** Starts the whole edge around test controllers, on a free port, over a domain table in memory. */
import { connect } from 'node:net';
import { Module, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DomainAddress, ObjectRecord } from '#dn-client';
import { defined, HdfError, type AclEntry, type DomainDocument, type Permission } from '#hdf5';
import { systemClock, systemRandom } from '#storage';
import { createServer } from '../bootstrap.js';
import { loadConfig } from '../config/load.js';
import type { Config } from '../config/keys.js';
import { Log } from '../logger.js';
import { Authenticator, DomainAccess, HealthSource, NodeStatus } from '../ports.js';
import type { Credentials, NodeState, NodeStatistics } from '../ports.js';
import type { User } from '../request-context.js';
import { ServerRuntime } from '../runtime.js';
import { ServerModule } from '../server.module.js';

/** A domain document; `acls` by principal as letters of create, read, update, delete, e, p. */
export function domainDocument(root: string | undefined, acls: Record<string, string>) {
  const letters: Record<Permission, string> = {
    create: 'c',
    read: 'r',
    update: 'u',
    delete: 'd',
    readACL: 'e',
    updateACL: 'p',
  };
  const entry = (granted: string): AclEntry => ({
    permissions: Object.fromEntries(
      Object.entries(letters).map(([name, letter]) => [name, granted.includes(letter)]),
    ) as Record<Permission, boolean>,
  });
  const document: DomainDocument = {
    ...(root === undefined ? {} : { root }),
    owner: 'alice',
    acls: new Map(Object.entries(acls).map(([name, granted]) => [name, entry(granted)])),
    created: 1,
    lastModified: 1,
    extra: new Map(),
  };
  return document;
}

/** Domains by bucket and path, objects by id. */
export class MemoryDomains extends DomainAccess {
  readonly domains = new Map<string, DomainDocument | 'gone'>();
  readonly objects = new Map<string, ObjectRecord>();

  override readDomain(address: DomainAddress): Promise<DomainDocument> {
    const found = this.domains.get(address.bucket + address.path);
    if (found === 'gone') return Promise.reject(new HdfError('gone', 'domain was deleted'));
    if (found !== undefined) return Promise.resolve(found);
    return Promise.reject(new HdfError('not-found', 'no such domain'));
  }

  override readObject(_bucket: string, id: string): Promise<ObjectRecord> {
    const found = this.objects.get(id);
    if (found !== undefined) return Promise.resolve(found);
    return Promise.reject(new HdfError('not-found', 'no such object'));
  }
}

/** Takes `Authorization: <name>` for that user; `wrong` for a failed login. */
export class NamedUsers extends Authenticator {
  override authenticate({ authorization }: Credentials): User | undefined {
    if (authorization === undefined) return undefined;
    if (authorization === 'wrong') throw new HdfError('unauthenticated', 'wrong password');
    return { name: authorization, anonymous: false, admin: authorization === 'admin', groups: [] };
  }
}

export class TestNode extends NodeStatus {
  readonly type = 'sn';
  readonly id = 'sn-001';
  readonly startTime = 1_700_000_000;
  current: NodeState = 'READY';

  override state(): NodeState {
    return this.current;
  }
  override nodeCount(): number {
    return 1;
  }
  override nodeNumber(): undefined {
    return undefined;
  }
  override dataNodeUrls(): readonly string[] {
    return ['http://localhost:6101'];
  }
  override admits(): boolean {
    return this.current === 'READY';
  }
  override statistics(): NodeStatistics {
    return { meta: { count: 3, dirtyCount: 1, usedBytes: 50, targetBytes: 100 } };
  }
}

class TestHealth extends HealthSource {
  constructor(private readonly node: TestNode) {
    super();
  }
  override started(): boolean {
    return true;
  }
  override ready(): boolean {
    return this.node.current !== 'TERMINATING';
  }
  override live(): boolean {
    return true;
  }
  override cluster() {
    return { epoch: 7, phase: 'ACTIVE' };
  }
}

export interface TestEdge {
  readonly app: NestFastifyApplication;
  readonly runtime: ServerRuntime;
  readonly url: string;
  readonly domains: MemoryDomains;
  readonly node: TestNode;
  /** Lines logged so far. */
  readonly lines: string[];
  /** Sends bytes over a new connection; gives all that comes back until it closes. */
  raw(request: string): Promise<string>;
}

/** Listens on a free port of this machine; `await edge.app.close()` in the end. */
export async function startTestEdge(
  controllers: Type[],
  settings: Partial<Config> = {},
): Promise<TestEdge> {
  const { config } = loadConfig({ argv: [], env: {}, defaults: settings });
  const lines: string[] = [];
  const log = new Log(
    { level: 'INFO', format: 'json', prefix: '', timestamps: false },
    systemClock,
    (line) => lines.push(line),
  );
  const runtime = new ServerRuntime(config, systemClock, systemRandom, log);
  const domains = new MemoryDomains();
  const node = new TestNode();
  const ports = [
    { provide: DomainAccess, useValue: domains },
    { provide: Authenticator, useClass: NamedUsers },
    { provide: NodeStatus, useValue: node },
    { provide: HealthSource, useValue: new TestHealth(node) },
  ];
  class Root {}
  Module({ imports: [ServerModule.register({ runtime, ports })], controllers })(Root);
  const app = await createServer(Root, runtime);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const port = Number(new URL(await app.getUrl()).port);
  const raw = (request: string) => exchange(port, request);
  return { app, runtime, url: `http://127.0.0.1:${port}`, domains, node, lines, raw };
}

function exchange(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(request, 'latin1'));
    socket.on('data', (chunk) => chunks.push(defined(chunk, 'chunk')));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
  });
}
