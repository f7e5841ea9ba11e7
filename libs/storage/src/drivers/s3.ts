import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  type GetObjectCommandOutput,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { HdfError } from '#hdf5';
import { checkAddress, checkBucket, checkList } from '../address-rules.js';
import { throwIfCancelled } from '../flow/cancel.js';
import type {
  GetOptions,
  ListOptions,
  ListPage,
  ObjectAddress,
  ObjectStat,
  ObjectStore,
  PutOptions,
  StoredObject,
} from '../object-store.js';
import type { Clock } from '../runtime/clock.js';
import { s3ClientConfig, type S3StoreOptions } from './s3-client.js';
import { s3Code, s3Error, s3Status } from './s3-errors.js';
import { listBucket } from './s3-listing.js';

export type { S3Keys, S3StoreOptions } from './s3-client.js';

/** Some stores refuse conditional deletions so; most that do not know them ignore the condition. */
const NOT_IMPLEMENTED = 501;

/**
 * Objects in S3 or a store that speaks its protocol. ETags are S3's, quotes included: of equal
 * content they are equal, so there an ETag tells contents apart, not writes.
 */
export class S3Store implements ObjectStore {
  readonly #client: S3Client;
  readonly #bareEtags: boolean;

  constructor(options: S3StoreOptions, clock: Clock) {
    this.#client = new S3Client(s3ClientConfig(options, clock));
    this.#bareEtags = options.bareEtags === true;
  }

  async get(
    address: ObjectAddress,
    options: GetOptions = {},
  ): Promise<StoredObject | 'not-modified' | null> {
    begin(address, options.signal);
    const { range, ifNoneMatch, signal } = options;
    if (range !== undefined && range.length <= 0) return this.#emptyRange(address, options);
    const last = range === undefined ? 0 : range.offset + range.length - 1;
    const command = new GetObjectCommand({
      ...named(address),
      ...(ifNoneMatch === undefined ? {} : { IfNoneMatch: ifNoneMatch }),
      ...(range === undefined ? {} : { Range: `bytes=${range.offset}-${last}` }),
    });
    try {
      const answer = await this.#client.send(command, sending(signal));
      return { ...statOf(answer), bytes: await bodyOf(answer, address) };
    } catch (error) {
      if (s3Status(error) === 304) return 'not-modified';
      if (s3Status(error) === 416) return this.#emptyRange(address, options);
      if (isNoObject(error)) return null;
      throw s3Error(error, `reading ${shown(address)}`);
    }
  }

  async head(address: ObjectAddress, signal?: AbortSignal): Promise<ObjectStat | null> {
    begin(address, signal);
    try {
      const answer = await this.#client.send(
        new HeadObjectCommand(named(address)),
        sending(signal),
      );
      return statOf(answer);
    } catch (error) {
      // A HEAD has no body to say what is missing.
      if (s3Status(error) === 404) return null;
      throw s3Error(error, `looking at ${shown(address)}`);
    }
  }

  async put(
    address: ObjectAddress,
    bytes: Uint8Array,
    options: PutOptions = {},
  ): Promise<{ etag: string }> {
    begin(address, options.signal);
    const { ifMatch, ifAbsent, metadata } = options;
    const command = new PutObjectCommand({
      ...named(address),
      Body: bytes,
      ContentLength: bytes.length,
      ...(ifMatch === undefined ? {} : { IfMatch: this.#condition(ifMatch) }),
      ...(ifAbsent === true && ifMatch === undefined ? { IfNoneMatch: '*' } : {}),
      ...(metadata === undefined ? {} : { Metadata: { ...metadata } }),
    });
    try {
      const { ETag } = await this.#client.send(command, sending(options.signal));
      if (ETag === undefined) throw new HdfError('corrupt', `${shown(address)}: no ETag in answer`);
      return { etag: ETag };
    } catch (error) {
      const translated = s3Error(error, `writing ${shown(address)}`);
      if (ifMatch === undefined || !isNoObject(error)) throw translated;
      throw new HdfError('conflict', `${shown(address)} is absent, expected ETag ${ifMatch}`, {
        cause: error,
      });
    }
  }

  async delete(
    address: ObjectAddress,
    options: { ifMatch?: string; signal?: AbortSignal } = {},
  ): Promise<void> {
    begin(address, options.signal);
    const { ifMatch, signal } = options;
    const condition = ifMatch === undefined ? {} : { IfMatch: this.#condition(ifMatch) };
    const command = new DeleteObjectCommand({ ...named(address), ...condition });
    try {
      await this.#client.send(command, sending(signal));
    } catch (error) {
      if (isNoObject(error)) return;
      if (ifMatch === undefined || s3Status(error) !== NOT_IMPLEMENTED) {
        throw s3Error(error, `deleting ${shown(address)}`);
      }
      await this.delete(address, signal === undefined ? {} : { signal });
    }
  }

  async list(bucket: string, options: ListOptions): Promise<ListPage> {
    throwIfCancelled(options.signal);
    const limit = checkList(bucket, options);
    try {
      return await listBucket(this.#client, bucket, { ...options, limit });
    } catch (error) {
      throw s3Error(error, `listing ${bucket}/${options.prefix}`);
    }
  }

  async bucketExists(bucket: string, signal?: AbortSignal): Promise<boolean> {
    throwIfCancelled(signal);
    checkBucket(bucket);
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: bucket }), sending(signal));
      return true;
    } catch (error) {
      if (s3Status(error) === 404) return false;
      throw s3Error(error, `looking for bucket ${bucket}`);
    }
  }

  async createBucket(bucket: string): Promise<void> {
    if (await this.bucketExists(bucket)) return;
    try {
      await this.#client.send(new CreateBucketCommand({ Bucket: bucket }));
    } catch (error) {
      if (s3Code(error) === 'BucketAlreadyOwnedByYou') return;
      throw s3Error(error, `creating bucket ${bucket}`);
    }
  }

  close(): Promise<void> {
    this.#client.destroy();
    return Promise.resolve();
  }

  /** S3 cannot express a range without bytes, and refuses one behind the end. */
  async #emptyRange(
    address: ObjectAddress,
    options: GetOptions,
  ): Promise<StoredObject | 'not-modified' | null> {
    const found = await this.head(address, options.signal);
    if (found === null) return null;
    if (found.etag === options.ifNoneMatch) return 'not-modified';
    return { ...found, bytes: new Uint8Array(0) };
  }

  #condition(etag: string): string {
    return this.#bareEtags ? etag.replaceAll('"', '') : etag;
  }
}

function begin(address: ObjectAddress, signal: AbortSignal | undefined): void {
  throwIfCancelled(signal);
  checkAddress(address);
}

function named({ bucket, key }: ObjectAddress): { Bucket: string; Key: string } {
  return { Bucket: bucket, Key: key };
}

function shown({ bucket, key }: ObjectAddress): string {
  return `${bucket}/${key}`;
}

function sending(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** 404 without a code is taken for the object: a missing bucket says so. */
function isNoObject(error: unknown): boolean {
  return s3Status(error) === 404 && s3Code(error) !== 'NoSuchBucket';
}

function statOf(answer: GetObjectCommandOutput | HeadObjectCommandOutput): ObjectStat {
  const range = 'ContentRange' in answer ? /\/([0-9]+)$/.exec(answer.ContentRange ?? '') : null;
  return {
    etag: answer.ETag ?? '',
    size: range?.[1] === undefined ? (answer.ContentLength ?? 0) : Number(range[1]),
    lastModified: (answer.LastModified?.getTime() ?? 0) / 1000,
    metadata: Object.fromEntries(
      Object.entries(answer.Metadata ?? {}).map(([key, value]) => [key.toLowerCase(), value]),
    ),
  };
}

/** @throws HdfError `unavailable`, for another try, when the body is shorter than announced */
async function bodyOf(answer: GetObjectCommandOutput, address: ObjectAddress): Promise<Uint8Array> {
  const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array(0);
  const expected = answer.ContentLength ?? bytes.length;
  if (bytes.length === expected) return bytes;
  const message = `expected ${expected} bytes, got ${bytes.length}`;
  throw new HdfError('unavailable', `${shown(address)}: ${message}`);
}
