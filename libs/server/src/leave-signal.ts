import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { HdfError } from '#hdf5';

/** One a connection: making one a request costs more than all that listens to them. */
const signals = new WeakMap<Socket, AbortSignal>();

/** Aborts when the caller's connection ends; harmless when its answer has been sent by then. */
export function leaveSignal({ raw: { socket } }: FastifyRequest): AbortSignal {
  const known = signals.get(socket);
  if (known !== undefined) return known;
  const controller = new AbortController();
  const abort = () => {
    controller.abort(new HdfError('unavailable', 'caller left'));
  };
  if (socket.destroyed) abort();
  else socket.once('close', abort);
  signals.set(socket, controller.signal);
  return controller.signal;
}
