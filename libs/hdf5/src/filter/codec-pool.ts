/**
 * Threads for the codecs that are plain code. The pool starts with the first large task, and idle
 * threads end; they never keep the process alive.
 */
import { availableParallelism } from 'node:os';
import type { Piscina } from 'piscina';
import { HdfError } from '../errors.js';
import type { TaskFailure } from './codec-worker.js';
import { WORKER_BYTES } from './inline.js';
import { runTask, type CodecTask } from './worker-codecs.js';

/** Tasks that may wait for a thread; beyond it a caller is told to come back. */
const WAITING_MAX = 4096;
const IDLE_TIMEOUT_MS = 30_000;

let pool: Promise<Piscina> | undefined;

/**
 * Runs a codec: in a worker when there is enough to do, else in the caller's thread. The bytes are
 * copied to the worker and stay the caller's.
 *
 * @throws HdfError as the codec does; `unavailable` when too many tasks wait
 */
export async function runCodec(task: CodecTask): Promise<Uint8Array> {
  if (task.bytes.length < WORKER_BYTES || !isCompiled()) return runTask(task);
  pool ??= startPool();
  const threads = await pool;
  if (threads.queueSize >= WAITING_MAX) {
    throw new HdfError('unavailable', `${WAITING_MAX} codec tasks wait`, { retryAfterS: 1 });
  }
  // A view would take the whole buffer behind it along.
  const bytes = new Uint8Array(task.bytes);
  const work = { ...task, bytes };
  const reply = (await threads.run(work, { transferList: [bytes.buffer] })) as
    ArrayBuffer | TaskFailure;
  if ('kind' in reply) throw new HdfError(reply.kind, reply.message);
  return new Uint8Array(reply);
}

/** A worker loads compiled files only; from TypeScript sources (tests) the work is done here. */
function isCompiled(): boolean {
  return import.meta.url.endsWith('.js');
}

async function startPool(): Promise<Piscina> {
  const { Piscina: Pool } = await import('piscina');
  return new Pool({
    filename: new URL('./codec-worker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: availableParallelism(),
    maxQueue: WAITING_MAX,
    idleTimeout: IDLE_TIMEOUT_MS,
  });
}
