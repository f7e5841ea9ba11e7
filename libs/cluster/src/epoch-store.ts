import { HdfError, errorKind } from '#hdf5';
import type { ObjectStore } from '#storage';
import { decodeRecord, encodeRecord, type EpochRecord, type RecordView } from './epoch-record.js';

/** A member's own word during a transition, for proposers that cannot reach it. */
export interface StopNote {
  /** Version of the transition record that the member has obeyed or is obeying. */
  readonly etag: string;
  /** All is stored and nothing is served any more. */
  readonly stopped: boolean;
  readonly dirtyObjects: number;
}

/** Where the epoch record lives: linearizable, with compare-and-swap. */
export interface EpochStore {
  /**
   * The record; `not-modified` when it still has the version given; null when there is none.
   * @throws HdfError `unavailable`; `corrupt`
   */
  read(ifNoneMatch?: string): Promise<RecordView | 'not-modified' | null>;
  /**
   * Replaces the version `etag` (null: creates the record).
   * @returns the new view, or `conflict` when another version is there
   * @throws HdfError `unavailable`: it may or may not have happened; read and compare the nonce
   */
  swap(etag: string | null, record: EpochRecord): Promise<RecordView | 'conflict'>;
  /** Leaves a note for whoever completes the transition. @throws HdfError `unavailable` */
  writeNote(epoch: number, boot: string, note: StopNote): Promise<void>;
  /** @throws HdfError `unavailable` */
  readNote(epoch: number, boot: string): Promise<StopNote | null>;
  /** Forgets the note of a finished epoch. @throws HdfError `unavailable` */
  removeNote(epoch: number, boot: string): Promise<void>;
}

/** The record as an object `_hsds/cluster/<clusterId>/epoch.json`, changed by conditional puts. */
export class ObjectEpochStore implements EpochStore {
  private readonly prefix: string;

  constructor(
    private readonly store: ObjectStore,
    private readonly bucket: string,
    clusterId: string,
  ) {
    this.prefix = clusterPrefix(clusterId);
  }

  async read(ifNoneMatch?: string): Promise<RecordView | 'not-modified' | null> {
    const options = ifNoneMatch === undefined ? {} : { ifNoneMatch };
    const found = await this.store.get(this.at('epoch.json'), options);
    if (found === null || found === 'not-modified') return found;
    return { etag: found.etag, record: decodeRecord(found.bytes) };
  }

  async swap(etag: string | null, record: EpochRecord): Promise<RecordView | 'conflict'> {
    const condition = etag === null ? { ifAbsent: true } : { ifMatch: etag };
    try {
      const options = { ...condition, sync: true };
      const put = await this.store.put(this.at('epoch.json'), encodeRecord(record), options);
      return { etag: put.etag, record };
    } catch (error) {
      if (errorKind(error) === 'conflict') return 'conflict';
      throw error;
    }
  }

  async writeNote(epoch: number, boot: string, note: StopNote): Promise<void> {
    await this.store.put(this.at(noteName(epoch, boot)), encodeJson(note));
  }

  async readNote(epoch: number, boot: string): Promise<StopNote | null> {
    const found = await this.store.get(this.at(noteName(epoch, boot)));
    return found === null || found === 'not-modified' ? null : decodeNote(found.bytes);
  }

  async removeNote(epoch: number, boot: string): Promise<void> {
    await this.store.delete(this.at(noteName(epoch, boot)));
  }

  private at(name: string): { bucket: string; key: string } {
    return { bucket: this.bucket, key: this.prefix + name };
  }
}

/** In memory, for tests and for several nodes in one process. */
export class MemoryEpochStore implements EpochStore {
  private view: RecordView | null = null;
  private writes = 0;
  private readonly notes = new Map<string, StopNote>();

  read(ifNoneMatch?: string): Promise<RecordView | 'not-modified' | null> {
    const same = this.view !== null && this.view.etag === ifNoneMatch;
    return Promise.resolve(same ? 'not-modified' : this.view);
  }

  swap(etag: string | null, record: EpochRecord): Promise<RecordView | 'conflict'> {
    if ((this.view?.etag ?? null) !== etag) return Promise.resolve('conflict');
    this.writes += 1;
    this.view = { etag: `v${this.writes}`, record };
    return Promise.resolve(this.view);
  }

  writeNote(epoch: number, boot: string, note: StopNote): Promise<void> {
    this.notes.set(noteName(epoch, boot), note);
    return Promise.resolve();
  }

  readNote(epoch: number, boot: string): Promise<StopNote | null> {
    return Promise.resolve(this.notes.get(noteName(epoch, boot)) ?? null);
  }

  removeNote(epoch: number, boot: string): Promise<void> {
    this.notes.delete(noteName(epoch, boot));
    return Promise.resolve();
  }
}

/** Folder of a cluster's own objects in its bucket; outside every HSDS key. */
export function clusterPrefix(clusterId: string): string {
  return `_hsds/cluster/${clusterId.replaceAll(/[^A-Za-z0-9._-]/g, '-')}/`;
}

function noteName(epoch: number, boot: string): string {
  return `ack/${epoch}-${boot}`;
}

function encodeJson(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decodeNote(bytes: Uint8Array): StopNote {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const { etag, stopped, dirtyObjects } = value as Partial<Record<keyof StopNote, unknown>>;
  if (typeof etag !== 'string' || typeof stopped !== 'boolean') {
    throw new HdfError('corrupt', 'a stop note lacks etag or stopped');
  }
  return { etag, stopped, dirtyObjects: typeof dirtyObjects === 'number' ? dirtyObjects : 0 };
}
