/** A small HTTP client for tests: exact targets, exact bodies, replies at hand. */
import { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { parsePlain, type Plain } from './plain-json.js';

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD' | 'OPTIONS';

/** What a request carries beside method and path. */
export interface Call {
  /** Sent as header `X-Hdf-domain`, in UTF-8. */
  readonly domain?: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Text and bytes as they are, streams in chunks; all else as JSON without Content-Type. */
  readonly body?: unknown;
  /** Name of a trial user, `test_user1` unless given; null for nobody. */
  readonly user?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly accept?: string;
}

export const OCTETS = 'application/octet-stream';
const PASSWORDS: Readonly<Record<string, string>> = { admin: 'admin' };
const TRIAL_PASSWORD = 'test';
/** No request of a test may take longer: a hang is a failure. */
const REPLY_MS_MAX = 60_000;

/** An answer, with its body read. */
export class Reply {
  constructor(
    readonly status: number,
    /** The reason phrase. */
    readonly reason: string,
    readonly headers: Readonly<Record<string, string | undefined>>,
    readonly bytes: Buffer,
  ) {}

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /** The body, when it is JSON. */
  get json(): Plain | undefined {
    const isJson = this.headers['content-type']?.startsWith('application/json') === true;
    return isJson && this.bytes.length > 0 ? parsePlain(this.bytes) : undefined;
  }

  /** A member of the body, by its path of names and indices. */
  at(...path: (string | number)[]): Plain | undefined {
    let value = this.json;
    for (const step of path) {
      value = (value as Record<string | number, Plain | undefined> | undefined)?.[step];
    }
    return value;
  }

  /** A text of the body. */
  textAt(...path: (string | number)[]): string {
    const value = this.at(...path);
    if (typeof value === 'string') return value;
    throw new Error(`no text at ${path.join('.')} of ${this.status} ${this.text.slice(0, 300)}`);
  }

  /** A list of the body. */
  listAt(...path: (string | number)[]): Plain[] {
    const value = this.at(...path);
    if (Array.isArray(value)) return value;
    throw new Error(`no list at ${path.join('.')} of ${this.status} ${this.text.slice(0, 300)}`);
  }

  /** Names of the members of an object of the body, sorted. */
  keysAt(...path: (string | number)[]): string[] {
    return Object.keys((this.at(...path) ?? {}) as object).sort();
  }
}

/** Kept connections to one service. */
export class Client {
  private readonly agent = new Agent({ headersTimeout: REPLY_MS_MAX, bodyTimeout: REPLY_MS_MAX });

  constructor(readonly endpoint: string) {}

  /** @param path percent-encoded; may have a query of its own */
  async request(method: Method, path: string, call: Call = {}): Promise<Reply> {
    const reply = await this.agent.request({
      origin: this.endpoint,
      path: target(path, call.query),
      method,
      headers: headersOf(call),
      body: payload(call.body),
    } as Dispatcher.RequestOptions);
    const bytes = Buffer.from(await reply.body.arrayBuffer());
    const headers = Object.fromEntries(
      Object.entries(reply.headers).map(([name, value]) => [name, String(value)]),
    );
    return new Reply(reply.statusCode, reply.statusText, headers, bytes);
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}

/** `Basic …` of a trial user. */
export function basic(user: string, password = PASSWORDS[user] ?? TRIAL_PASSWORD): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function target(path: string, query: Call['query']): string {
  const pairs = Object.entries(query ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  if (pairs.length === 0) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

function headersOf({ domain, user = 'test_user1', accept, body, headers }: Call) {
  const made: Record<string, string> = {};
  if (domain !== undefined) made['x-hdf-domain'] = Buffer.from(domain).toString('latin1');
  if (accept !== undefined) made.accept = accept;
  if (user !== null) made.authorization = basic(user);
  if (body instanceof Uint8Array) made['content-type'] = OCTETS;
  return { ...made, ...headers };
}

function payload(body: unknown): Buffer | string | Readable | undefined {
  if (body instanceof Readable) return body;
  if (body === undefined || typeof body === 'string') return body;
  return body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body);
}
