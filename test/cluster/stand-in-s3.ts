/** A small S3 server in memory: objects of any bucket, conditional writes, listing. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Item {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modified: Date;
  /** `x-amz-meta-…` headers as they came. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A call that is to be answered. */
interface Call {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: Buffer | string;
}

const PAGE_MAX = 1000;

/** The server; signatures are not looked at. */
export class StandInS3 {
  private readonly objects = new Map<string, Item>();
  private readonly server: Server;
  /** Every answer waits so long. */
  latencyMs = 0;

  constructor() {
    this.server = createServer((request, response) => {
      void this.serve(request, response);
    });
    this.server.keepAliveTimeout = 60_000;
  }

  /** @returns the port */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Text of an object; null when there is none. */
  text(bucket: string, key: string): string | null {
    return this.objects.get(`${bucket}/${key}`)?.bytes.toString() ?? null;
  }

  get count(): number {
    return this.objects.size;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    try {
      for await (const part of request) parts.push(part as Buffer);
    } catch {
      // The caller has gone; what was not sent whole is not stored.
      return;
    }
    if (this.latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, this.latencyMs));
    const url = new URL(request.url ?? '/', 'http://s3');
    const [bucket = '', ...key] = url.pathname.slice(1).split('/').map(decodeURIComponent);
    const { method = '', headers } = request;
    const answer = this.answer({
      method,
      bucket,
      key: key.join('/'),
      query: url.searchParams,
      headers,
      body: Buffer.concat(parts),
    });
    const body = answer.body ?? '';
    response.writeHead(answer.status, {
      'content-length': Buffer.byteLength(body),
      ...answer.headers,
    });
    response.end(method === 'HEAD' ? undefined : body);
  }

  private answer(call: Call): Answer {
    if (call.key === '') {
      return call.method === 'GET' ? this.list(call) : { status: 200 };
    }
    switch (call.method) {
      case 'GET':
      case 'HEAD':
        return this.read(call);
      case 'PUT':
        return this.put(call);
      case 'DELETE':
        return this.remove(call);
      default:
        return failure(405, 'MethodNotAllowed');
    }
  }

  private read({ bucket, key, headers }: Call): Answer {
    const item = this.objects.get(`${bucket}/${key}`);
    if (item === undefined) return failure(404, 'NoSuchKey');
    const facts = {
      etag: item.etag,
      'last-modified': item.modified.toUTCString(),
      ...item.metadata,
    };
    if (headers['if-none-match'] === item.etag) return { status: 304, headers: facts };
    const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
    const size = item.bytes.length;
    if (range === null) {
      return { status: 200, headers: { ...facts, 'content-length': size }, body: item.bytes };
    }
    const [first, last] = [Number(range[1]), Math.min(Number(range[2]), size - 1)];
    if (first >= size) return failure(416, 'InvalidRange');
    const contentRange = `bytes ${first}-${last}/${size}`;
    const body = item.bytes.subarray(first, last + 1);
    return { status: 206, headers: { ...facts, 'content-range': contentRange }, body };
  }

  private put({ bucket, key, headers, body }: Call): Answer {
    const name = `${bucket}/${key}`;
    const item = this.objects.get(name);
    const ifMatch = headers['if-match'];
    if (headers['if-none-match'] === '*' && item !== undefined) {
      return failure(412, 'PreconditionFailed');
    }
    if (ifMatch !== undefined && item === undefined) return failure(404, 'NoSuchKey');
    if (ifMatch !== undefined && ifMatch !== item?.etag) return failure(412, 'PreconditionFailed');
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const metadata = Object.fromEntries(
      Object.entries(headers)
        .filter(([header]) => header.startsWith('x-amz-meta-'))
        .map(([header, value]) => [header, String(value)]),
    );
    this.objects.set(name, { bytes: body, etag, modified: new Date(), metadata });
    return { status: 200, headers: { etag } };
  }

  private remove({ bucket, key, headers }: Call): Answer {
    const name = `${bucket}/${key}`;
    const ifMatch = headers['if-match'];
    const item = this.objects.get(name);
    if (ifMatch !== undefined && item !== undefined && item.etag !== ifMatch) {
      return failure(412, 'PreconditionFailed');
    }
    this.objects.delete(name);
    return { status: 204 };
  }

  private list({ bucket, query }: Call): Answer {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter') ?? '';
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const max = Math.min(Number(query.get('max-keys') ?? PAGE_MAX), PAGE_MAX);
    const found = new Map<string, Item | null>();
    for (const [name, item] of this.objects) {
      const key = name.slice(bucket.length + 1);
      if (!name.startsWith(`${bucket}/${prefix}`)) continue;
      const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      if (cut < 0) found.set(key, item);
      else found.set(key.slice(0, cut + delimiter.length), null);
    }
    const names = [...found.keys()].filter((name) => bytewise(name, after) > 0).sort(bytewise);
    const page = names.slice(0, max);
    const last = names.length > max ? (page.at(-1) ?? '') : null;
    return { status: 200, headers: { 'content-type': 'application/xml' }, body: listXml() };

    function listXml(): string {
      const entries = page.map((name) => {
        const item = found.get(name) ?? null;
        const shown = encodeURIComponent(name);
        if (item === null) return `<CommonPrefixes><Prefix>${shown}</Prefix></CommonPrefixes>`;
        const { etag, bytes, modified } = item;
        return (
          `<Contents><Key>${shown}</Key><ETag>${etag.replaceAll('"', '&quot;')}</ETag>` +
          `<Size>${bytes.length}</Size><LastModified>${modified.toISOString()}</LastModified></Contents>`
        );
      });
      const next =
        last === null
          ? ''
          : `<NextContinuationToken>${encodeURIComponent(last)}</NextContinuationToken>`;
      return (
        `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${last !== null}` +
        `</IsTruncated>${next}${entries.join('')}</ListBucketResult>`
      );
    }
  }
}

function failure(status: number, code: string): Answer {
  const body = `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function bytewise(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
