import { Injectable, Optional, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallTimer, type CallContext, type DomainAddress } from '#dn-client';
import { defined, HdfError, kindOfCollection, parseJson, parseObjectId } from '#hdf5';
import type { Collection, Json } from '#hdf5';
import { accessRuleOf } from './access.js';
import { requirePermission } from './acl.js';
import { announcedBytes, hasBody, readBody } from './body.js';
import { checkBucketPolicy, domainSettings } from './bucket-policy.js';
import { domainText, parseDomain, parseFolder, requestBucket } from './domain.js';
import type { DomainSettings, DomainSource } from './domain.js';
import { Authenticator, DomainAccess, NodeStatus } from './ports.js';
import { parseQueryString } from './query-string.js';
import { ANONYMOUS } from './request-context.js';
import type { AccessRule, RequestContext, User } from './request-context.js';
import { leaveSignal } from './leave-signal.js';
import { traceOf } from './request-trace.js';
import { ServerRuntime } from './runtime.js';

type Draft = { -readonly [K in keyof RequestContext]: RequestContext[K] };

/**
 * Does every check that routes have in common, in HSDS's order: node state, ids in the path,
 * credentials, body, domain and bucket syntax, bucket policy, domain and object existence,
 * membership, ACL. What it finds becomes the request's `RequestContext`.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly domainSettings: DomainSettings;

  constructor(
    private readonly runtime: ServerRuntime,
    private readonly node: NodeStatus,
    @Optional() private readonly authenticator?: Authenticator,
    @Optional() private readonly domains?: DomainAccess,
  ) {
    this.domainSettings = domainSettings(runtime.config);
  }

  /** @throws HdfError of the first check that fails */
  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const http = execution.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const rule = defined(accessRuleOf(execution.getHandler()), 'access rule');
    if (rule.always !== true) this.admit();
    const id = rule.object === undefined ? undefined : pathId(rule.object, request);
    const query = parseQueryString(request.raw.url ?? '');
    const user = await this.user(rule, request, query);
    const reply = http.getResponse<FastifyReply>();
    if (rule.always !== true) await this.turn(user, rule, request, reply);
    const call = this.callContext(rule, request);
    const context: Draft = { user, query, call };
    const host = query.get('host');
    if (host !== undefined) context.hostParam = host;
    const body = await this.body(rule, request);
    if (body !== undefined) context.body = body;
    if (rule.domain !== 'none') {
      this.nameDomain(rule, request, context);
      await this.authorize(rule, context, id);
    }
    request.hsds = context;
    return true;
  }

  private admit(): void {
    if (!this.node.admits()) {
      throw new HdfError('unavailable', `node is ${this.node.state()}`, { retryAfterS: 1 });
    }
  }

  /**
   * Waits until the request may run, before its body is read; its turn ends with its answer.
   *
   * @throws HdfError `unavailable`, late
   */
  private async turn(
    user: User,
    rule: AccessRule,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { work } = this.runtime;
    const job = {
      user: user.name,
      bytes: rule.body === 'stream' ? 0 : this.bodyBytes(request),
      precious: request.method === 'POST',
    };
    const end = work.tryEnter(job) ?? (await work.enter({ ...job, signal: leaveSignal(request) }));
    if (reply.raw.closed) end();
    else reply.raw.on('close', end);
  }

  /** What the body may need in memory. */
  private bodyBytes(request: FastifyRequest): number {
    if (!hasBody(request)) return 0;
    return announcedBytes(request) ?? this.runtime.config.max_request_size;
  }

  private async user(
    rule: AccessRule,
    request: FastifyRequest,
    query: ReadonlyMap<string, string>,
  ): Promise<User> {
    if (rule.credentials === 'ignored') return ANONYMOUS;
    const found = this.authenticator?.authenticate({
      authorization: request.headers.authorization,
      apiKey: headerText(request, 'x-api-key') ?? query.get('api_key'),
    });
    const user = found instanceof Promise ? await found : found;
    if (user !== undefined) return user;
    if (rule.credentials === 'checked') return ANONYMOUS;
    if (rule.credentials === 'optional' && this.runtime.config.allow_noauth) return ANONYMOUS;
    throw new HdfError('unauthenticated', 'credentials are required');
  }

  private callContext(rule: AccessRule, request: FastifyRequest): CallContext {
    const asked = headerText(request, 'x-hsds-durability')?.toUpperCase();
    if (asked !== undefined && asked !== 'D0' && asked !== 'D3') {
      throw new HdfError('invalid', `X-Hsds-Durability: expected D0 or D3, found ${asked}`);
    }
    const call = {
      requestId: request.id,
      durability: asked ?? this.runtime.config.durability,
      trace: traceOf(request.headers),
      timer: new CallTimer(this.runtime.clock),
    };
    // A write goes on when its caller leaves: half of it would be worse than all of it.
    return rule.action === 'read' ? { ...call, signal: leaveSignal(request) } : call;
  }

  private async body(rule: AccessRule, request: FastifyRequest): Promise<Json | undefined> {
    if (rule.body === 'none' || rule.body === 'stream') return undefined;
    const bytes = hasBody(request)
      ? await readBody(request, this.runtime.config.max_request_size)
      : undefined;
    const optional = rule.body === 'json-optional';
    if (bytes === undefined) {
      if (optional) return undefined;
      throw new HdfError('invalid', 'expected a JSON body, found none');
    }
    const body = parseBody(bytes);
    if (body === null && optional) return undefined;
    if (typeof body === 'object' && body !== null) return body;
    throw new HdfError('invalid', 'expected a JSON object as body');
  }

  private nameDomain(rule: AccessRule, request: FastifyRequest, context: Draft): void {
    const source: DomainSource = {
      query: context.query,
      domainHeader: headerText(request, 'x-hdf-domain'),
      bucketHeader: headerText(request, 'x-hdf-bucket'),
    };
    const settings = this.domainSettings;
    const named = () => requestBucket(source, settings);
    const text = domainText(source);
    const param = context.query.get('domain');
    if (param !== undefined) context.domainParam = param;
    const address = addressOf(rule, text, named, settings);
    const bucket = address?.bucket ?? named();
    if (address !== undefined) context.domain = address;
    if (bucket === undefined) return;
    context.bucket = bucket;
    checkBucketPolicy(bucket, isRead(rule, request) ? 'read' : 'write', this.runtime.config);
  }

  private async authorize(rule: AccessRule, context: Draft, id?: string): Promise<void> {
    const { domain, call, user } = context;
    const reads = ['file', 'any', 'optional-any'].includes(rule.domain);
    if (domain === undefined || !reads) return;
    const domains = defined(this.domains, 'DomainAccess');
    const object = id === undefined ? undefined : domains.readObject(domain.bucket, id, call);
    // The domain's own failure comes first; this one is awaited below or not at all.
    object?.catch(() => undefined);
    const document = await domains.readDomain(domain, call);
    context.document = document;
    if (document.root !== undefined) context.root = document.root;
    else if (rule.domain === 'file') {
      throw new HdfError('invalid', 'Expected root key for domain');
    }
    if (object !== undefined) {
      const record = await object;
      if (record.document.root !== document.root) {
        throw new HdfError('invalid', 'Object id is not a member of the given domain');
      }
      context.object = record;
    }
    if (rule.action !== null) requirePermission(document, user, rule.action);
  }
}

function addressOf(
  rule: AccessRule,
  text: string | undefined,
  bucket: () => string | undefined,
  settings: DomainSettings,
): DomainAddress | undefined {
  if (rule.domain === 'folder-path') return parseFolder(text ?? '/', bucket, settings);
  if (text !== undefined) return parseDomain(text, bucket, settings);
  if (rule.domain === 'optional-any' || rule.domain === 'optional-address') return undefined;
  throw new HdfError('invalid', 'No domain given');
}

function isRead(rule: AccessRule, request: FastifyRequest): boolean {
  if (rule.action === null) return request.method === 'GET' || request.method === 'HEAD';
  return rule.action === 'read' || rule.action === 'readACL';
}

/** The path parameter `id`, when it is well-formed and of the path's collection. */
function pathId(collection: Collection | 'any', request: FastifyRequest): string {
  const { id } = request.params as { id?: string };
  const first = (request.raw.url ?? '').split('/', 2)[1];
  return parseObjectId(
    id,
    kindOfCollection((collection === 'any' ? first : collection) as Collection),
  );
}

function parseBody(bytes: Buffer): Json {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof HdfError && error.kind === 'too-large') throw error;
    const why = error instanceof Error ? `: ${error.message}` : '';
    throw new HdfError('invalid', `Unable to load JSON body${why}`, { cause: error });
  }
}

function headerText(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
