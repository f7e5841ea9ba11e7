import { readFileSync, statSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import type { Log } from '#server';
import type { CancelTimer, Clock } from '#storage';

/** Finds what `fs.watch` misses: network file systems, Kubernetes' swapped links. */
const POLL_MS = 5000;
/** Writers that do not rename need a moment between the first and the last byte. */
const SETTLE_MS = 100;

export interface WatchedFileParts<T> {
  readonly path: string;
  readonly parse: (text: string) => { readonly table: T; readonly warnings: readonly string[] };
  /** What there is without a file. */
  readonly empty: T;
  readonly clock: Clock;
  readonly log: Log;
}

/** A small text file, parsed, and parsed again when it changes. A vanished file keeps its value. */
export class WatchedFile<T> {
  private current: T;
  private version = '';
  private cancel: CancelTimer = () => undefined;
  private watcher: FSWatcher | undefined;

  /** Reads the file at once. A path of '' means that there is none. */
  constructor(private readonly parts: WatchedFileParts<T>) {
    this.current = parts.empty;
    if (parts.path === '') return;
    this.check();
    if (this.version === '') parts.log.info(`${parts.path} is missing or not readable`);
    this.startWatching();
    this.schedule(POLL_MS);
  }

  get value(): T {
    return this.current;
  }

  /** Reads the file again if it is another one than before. */
  check(): void {
    const { path, parse, log } = this.parts;
    try {
      const { mtimeMs, size, ino } = statSync(path);
      const version = [mtimeMs, size, ino].join();
      if (version === this.version) return;
      const { table, warnings } = parse(readFileSync(path, 'utf8'));
      this.current = table;
      this.version = version;
      log.info(`read ${path}`);
      for (const warning of warnings) log.warn(`${path}, ${warning}`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.debug(`cannot read ${path}: ${why}`);
    }
  }

  close(): void {
    this.cancel();
    this.watcher?.close();
  }

  private schedule(delayMs: number): void {
    this.cancel();
    this.cancel = this.parts.clock.after(delayMs, () => {
      this.check();
      this.schedule(POLL_MS);
    });
  }

  private startWatching(): void {
    try {
      this.watcher = watch(dirname(this.parts.path), { persistent: false }, () => {
        this.schedule(SETTLE_MS);
      });
      this.watcher.on('error', () => this.watcher?.close());
    } catch {
      // No such folder, or no watches left: polling finds changes as well.
    }
  }
}
