/** An S3 server of a few verbs, in memory, that knows which access keys are good. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';

export interface KeyCheckingS3 {
  readonly endpoint: string;
  /** Access key ids that are accepted now. */
  readonly good: Set<string>;
  /** Access key ids that were used, with how often they were refused. */
  readonly refused: Map<string, number>;
  readonly used: Set<string>;
  close(): Promise<void>;
}

interface Kept {
  readonly bytes: Buffer;
  readonly etag: string;
}

export async function startKeyCheckingS3(...good: string[]): Promise<KeyCheckingS3> {
  const objects = new Map<string, Kept>();
  const state = {
    good: new Set(good),
    refused: new Map<string, number>(),
    used: new Set<string>(),
  };
  const server = createServer((request, response) => {
    const key = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      state.used.add(key);
      if (state.good.has(key)) answer(objects, request, Buffer.concat(chunks), response);
      else {
        state.refused.set(key, (state.refused.get(key) ?? 0) + 1);
        refuse(response, 403, 'InvalidAccessKeyId');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...state,
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  objects: Map<string, Kept>,
  { method, url = '', headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const kept = objects.get(pathname);
  if (method === 'PUT') {
    const absent = headers['if-none-match'] === '*' && kept !== undefined;
    const other = headers['if-match'] !== undefined && headers['if-match'] !== kept?.etag;
    if (absent || other) {
      refuse(response, 412, 'PreconditionFailed');
      return;
    }
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    objects.set(pathname, { bytes: body, etag });
    response.writeHead(200, { etag }).end();
  } else if (method === 'DELETE') {
    objects.delete(pathname);
    response.writeHead(204).end();
  } else if (searchParams.has('list-type')) {
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>');
  } else if (pathname.split('/').filter(Boolean).length < 2) {
    response.writeHead(200).end();
  } else if (kept === undefined) {
    refuse(response, 404, 'NoSuchKey');
  } else {
    const modified = new Date().toUTCString();
    const length = kept.bytes.length;
    response.writeHead(200, {
      etag: kept.etag,
      'last-modified': modified,
      'content-length': length,
    });
    response.end(method === 'HEAD' ? undefined : kept.bytes);
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>${code}</Code></Error>`);
}
