import { Connection, type WireReply, type WireRequest } from './connection.js';

/** What a request may carry beside method and path. */
export interface RequestParts {
  readonly domain?: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** JSON, or bytes sent as octet-stream. */
  readonly body?: object;
  /** Ask for bytes instead of JSON. */
  readonly wantsBytes?: boolean;
}

const CREDENTIALS = Buffer.from('test_user1:test').toString('base64');
const BYTES = 'application/octet-stream';

/** A running service under test: where it answers, and what its processes use. */
export class Target {
  private readonly made = new Map<string, Promise<unknown>>();

  /** @param pids gives the processes of the service, all of them */
  constructor(
    readonly name: string,
    readonly port: number,
    readonly pids: () => readonly number[],
  ) {}

  /** Encodes a request. */
  encode(method: string, path: string, parts: RequestParts = {}): WireRequest {
    const { domain, query = {}, body, wantsBytes = false } = parts;
    const params = Object.entries({ ...(domain === undefined ? {} : { domain }), ...query });
    const search = params.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&');
    const binary = body instanceof Uint8Array;
    const bytes = body === undefined || binary ? body : Buffer.from(JSON.stringify(body));
    const lines = [
      `${method} ${path}${search === '' ? '' : `?${search}`} HTTP/1.1`,
      `Host: localhost:${this.port}`,
      `Authorization: Basic ${CREDENTIALS}`,
      `Accept: ${wantsBytes ? BYTES : 'application/json'}`,
    ];
    if (bytes !== undefined) {
      lines.push(`Content-Type: ${binary ? BYTES : 'application/json'}`);
      lines.push(`Content-Length: ${bytes.length}`);
    }
    return { head: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body: bytes ?? null };
  }

  /** One request on a connection of its own, the body kept; fails on any status but success. */
  async call(method: string, path: string, parts: RequestParts = {}): Promise<WireReply> {
    const connection = await Connection.open(this.port);
    try {
      const reply = await connection.request(this.encode(method, path, parts), true);
      if (reply.status >= 200 && reply.status < 300) return reply;
      const text = reply.body?.toString().slice(0, 300) ?? '';
      throw new Error(`${this.name}: ${method} ${path} answered ${reply.status} ${text}`);
    } finally {
      connection.close();
    }
  }

  /** As `call`, for a reply that is a JSON object. */
  async json(method: string, path: string, parts: RequestParts = {}) {
    const { body } = await this.call(method, path, parts);
    return JSON.parse(body?.toString() ?? 'null') as Record<string, unknown>;
  }

  /** Something of this service that several cases use, made once. */
  once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const found = this.made.get(name) ?? make();
    this.made.set(name, found);
    return found as Promise<T>;
  }
}
