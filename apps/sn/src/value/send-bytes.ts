import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { BytesAnswer } from './value-answer.js';

/** Media type of packed elements, both ways. */
export const BYTES = 'application/octet-stream';

/**
 * Sends packed elements. Headers go out with the first page at hand; a later failure breaks the
 * connection. One page is on its way while the next is fetched: a slow reader is waited for.
 */
export async function sendBytes(reply: FastifyReply, answer: BytesAnswer): Promise<void> {
  const { byteLength, first, more, recycle } = answer;
  void reply.header('content-type', BYTES);
  if (more === null) {
    // Closed: everything was handed to the system, or nobody will read it any more.
    if (recycle !== undefined) reply.raw.once('close', recycle.bind(null, first));
    await reply.send(Buffer.from(first.buffer, first.byteOffset, first.byteLength));
    return;
  }
  if (byteLength !== undefined) void reply.header('content-length', byteLength);
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) raw.setHeader(name, value);
  }
  raw.writeHead(200);
  await sendPages(raw, answer);
}

async function sendPages(raw: ServerResponse, answer: BytesAnswer): Promise<void> {
  const { first, more, recycle } = answer;
  try {
    let page = first;
    let sent = write(raw, page);
    for await (const next of more ?? []) {
      await sent;
      recycle?.(page);
      page = next;
      sent = write(raw, page);
    }
    await sent;
    recycle?.(page);
    raw.end();
  } catch {
    // Too late for a status; the reader sees a broken connection.
    raw.destroy();
  }
}

/** Resolves when the system has the bytes; rejects when the caller left. */
function write(raw: ServerResponse, bytes: Uint8Array): Promise<void> {
  const written = new Promise<void>((resolve, reject) => {
    const left = () => {
      reject(new Error('the caller left'));
    };
    if (raw.destroyed) {
      left();
      return;
    }
    raw.once('close', left);
    raw.write(bytes, (error) => {
      raw.off('close', left);
      if (error) reject(error);
      else resolve();
    });
  });
  // It may fail while the next page is still being fetched; whoever awaits it is told all the same.
  written.catch(() => undefined);
  return written;
}
