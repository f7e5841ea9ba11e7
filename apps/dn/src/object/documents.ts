import {
  domainStorageKey,
  errorKind,
  HdfError,
  objectKey,
  kindOf,
  type DomainDocument,
  type ObjectDocument,
} from '#hdf5';
import { domainKey, type CallContext, type DomainAddress } from '#dn-client';
import type { ObjectAddress, UpdateOperation, WriteBackCache } from '#storage';
import type { Tombstones } from '../tombstones.js';
import { isObject, type DocumentKind, type StoredDocument } from './document-codec.js';

export type DocumentCache = WriteBackCache<StoredDocument, DocumentKind>;

/** Where a domain's document is stored. */
export function domainAddress(address: DomainAddress): ObjectAddress {
  return { bucket: address.bucket, key: domainStorageKey(address.path) };
}

/**
 * Typed access to the documents that this node owns. Values are live: read them before the next
 * `await`, change them only inside an update.
 */
export class Documents {
  constructor(
    readonly cache: DocumentCache,
    readonly tombstones: Tombstones,
    private readonly onChange: (root: string) => void,
  ) {}

  /** @throws HdfError `not-found`, `gone` */
  async domain(address: DomainAddress): Promise<DomainDocument> {
    const document = await this.cache.get(domainAddress(address), 'domain');
    if (document === null) throw this.absentDomain(address);
    return asDomain(document);
  }

  /** @throws HdfError `not-found`, `gone` */
  async object(bucket: string, id: string): Promise<ObjectDocument> {
    const kind = kindOf(id);
    if (this.tombstones.has(id)) throw this.tombstones.absent(id, id);
    const document = await this.cache.get({ bucket, key: objectKey(id) }, kind);
    if (document === null) throw this.tombstones.absent(id, id);
    return asObject(document);
  }

  /**
   * Changes an object in one synchronous step.
   *
   * @throws HdfError `not-found`, `gone`, and whatever `operation` throws (then nothing changed)
   */
  async changeObject<R>(
    target: { bucket: string; id: string },
    operation: {
      apply(document: ObjectDocument): R;
      changed(result: R): boolean;
      readonly repeats?: Repeats<R>;
    },
    context: CallContext,
  ): Promise<R> {
    const { bucket, id } = target;
    if (this.tombstones.has(id)) throw this.tombstones.absent(id, id);
    const whole: UpdateOperation<StoredDocument, R> = {
      apply: (document) => ({
        value: document,
        result: operation.apply(asObject(document)),
      }),
      changed: (result) => operation.changed(result),
      ...operation.repeats,
    };
    const address = { bucket, key: objectKey(id) };
    try {
      const result = await this.cache.update(address, kindOf(id), whole, writeOptions(context));
      if (operation.changed(result)) this.noteChange(id);
      return result;
    } catch (error) {
      if (error instanceof HdfError && error.kind === 'not-found') {
        throw this.tombstones.absent(id, id);
      }
      throw error;
    }
  }

  absentDomain(address: DomainAddress): HdfError {
    return this.tombstones.absent(domainKey(address), `domain ${address.path}`);
  }

  /** Remembers when a domain last changed. */
  noteChange(id: string): void {
    this.onChange(id);
  }
}

/**
 * Whether a repeated deletion finds its work done.
 *
 * @throws what the reading throws; that there is nothing, too, unless the deletion is a repeat
 */
export async function isDeleted(reading: Promise<unknown>, context: CallContext): Promise<boolean> {
  try {
    await reading;
    return false;
  } catch (error) {
    const kind = errorKind(error);
    const isAbsent = kind === 'not-found' || kind === 'gone';
    if (context.repeated === true && isAbsent) return true;
    throw error;
  }
}

/** Names that a request removed, as far as they are known, and how many there were. */
export interface Removed {
  readonly names: readonly string[];
  readonly count: number;
}

/** The repeat of a request whose result is how many entries it changed. */
export const COUNT_REPEATS: Repeats<number> = {
  remember: String,
  repeated: (_document, remembered) => Number(remembered),
};

/** The repeat of a request that removed entries. */
export const REMOVED_REPEATS: Repeats<Removed> = {
  remember: ({ count }) => String(count),
  repeated: (_document, remembered) => ({ names: [], count: Number(remembered) }),
};

/** The answer to a repeat, where running the operation again would give another one. */
export interface Repeats<R> {
  /** At most 64 letters, digits, dots, dashes. */
  remember(result: R): string;
  repeated(document: StoredDocument, remembered: string): R;
}

/** How a write of this call is stored. */
export function writeOptions(context: CallContext): {
  durability: 'D0' | 'D3';
  requestId: string;
  repeated?: boolean;
  signal?: AbortSignal;
} {
  return {
    durability: context.durability ?? 'D0',
    requestId: context.requestId,
    ...(context.repeated === true ? { repeated: true } : {}),
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  };
}

function asDomain(document: StoredDocument): DomainDocument {
  if (isObject(document)) throw new HdfError('corrupt', 'an object where a domain should be');
  return document;
}

function asObject(document: StoredDocument): ObjectDocument {
  if (!isObject(document)) throw new HdfError('corrupt', 'a domain where an object should be');
  return document;
}
