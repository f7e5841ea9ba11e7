import { STATUS_CODES } from 'node:http';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { HdfError, type ErrorKind } from '#hdf5';
import { Log } from './logger.js';

/** The only mapping of errors to HTTP. */
const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  'too-large': 413,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  gone: 410,
  conflict: 409,
  unavailable: 503,
  unsupported: 501,
  corrupt: 500,
  internal: 500,
};

/** Long enough for any message, short enough for every client's header limit. */
const REASON_CHARS_MAX = 400;

/** An error as clients see it. */
export interface ErrorAnswer {
  readonly status: number;
  /** Latin-1, one line: fit for the status line, where h5pyd looks for the message. */
  readonly reason: string;
  /** `<status>: <message>`, UTF-8. */
  readonly body: string;
  readonly retryAfterS?: number;
}

/** What to answer to any thrown thing; internal faults show nothing of themselves. */
export function errorAnswer(error: unknown): ErrorAnswer {
  const status = statusOf(error);
  const standard = STATUS_CODES[status] ?? 'Error';
  const plain = status === 500 || status === 401 || !(error instanceof HdfError);
  const message = plain ? standard : oneLine(error.message) || standard;
  return {
    status,
    reason: latin1(message).slice(0, REASON_CHARS_MAX),
    body: `${status}: ${message}`,
    ...(status === 503 ? { retryAfterS: retryAfter(error) } : {}),
  };
}

function statusOf(error: unknown): number {
  if (error instanceof HdfError) return STATUS[error.kind];
  if (error instanceof HttpException) return error.getStatus();
  // Fastify's own errors: what it refuses of a request is malformed.
  const own = (error as { statusCode?: unknown } | null | undefined)?.statusCode;
  if (own === 413) return STATUS['too-large'];
  if (typeof own === 'number' && own >= 400 && own < 500) return STATUS.invalid;
  return STATUS.internal;
}

function retryAfter(error: unknown): number {
  const asked = error instanceof HdfError ? error.retryAfterS : undefined;
  return Math.max(1, Math.ceil(asked ?? 1));
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

function latin1(text: string): string {
  return text.replace(/[^\u0020-\u00ff]/gu, '?');
}

/**
 * Answers a request with an error, unless an answer has begun: then the connection is broken, so
 * that a short answer is never taken for a whole one.
 */
export function sendError(reply: FastifyReply, error: unknown): void {
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  const answer = errorAnswer(error);
  reply.raw.statusMessage = answer.reason;
  if (answer.retryAfterS !== undefined) void reply.header('Retry-After', answer.retryAfterS);
  void reply
    .code(answer.status)
    .removeHeader('content-length')
    .type('text/plain; charset=utf-8')
    .serializer((body: string) => body)
    .send(answer.body);
}

/** Turns everything thrown in controllers, guards and hooks into an answer, and logs our faults. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = statusOf(error);
    if (status >= 500 && status !== 501) {
      const fields = {
        req_id: reply.request.id,
        ...(error instanceof Error ? { error } : {}),
      };
      if (status === 503) this.log.info(messageOf(error), fields);
      else this.log.error(messageOf(error), fields);
    }
    sendError(reply, error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : `thrown: ${String(error)}`;
}
