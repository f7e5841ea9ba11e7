/** What a worker of the codec pool runs: one task, its result or its error as plain data. */
import { move } from 'piscina';
import { errorKind, type ErrorKind } from '../errors.js';
import { runTask, type CodecTask } from './worker-codecs.js';

/** An error between threads: an HdfError would lose its class there. */
export interface TaskFailure {
  readonly kind: ErrorKind;
  readonly message: string;
}

/** Runs one task for the pool; the result is an ArrayBuffer, handed over without a copy. */
export default function work(task: CodecTask): unknown {
  try {
    const bytes = runTask(task);
    const isWhole = bytes.byteLength === bytes.buffer.byteLength;
    return move((isWhole ? bytes : new Uint8Array(bytes)).buffer as ArrayBuffer);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: errorKind(error), message } satisfies TaskFailure;
  }
}
