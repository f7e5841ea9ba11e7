/** What the service asks of its bucket. */
import { probeStore } from '#cluster';
import type { Clock, ObjectStore, Random } from '#storage';
import { fix, ok, step, type Check, type Finding } from './checks.js';

/** S3 refuses requests of a clock that is 15 minutes off; logs are misleading long before. */
const DRIFT_S_MAX = 30;
const MS_PER_S = 1000;
const CONTENT = new TextEncoder().encode('doctor');

export interface StoreUnderCheck {
  readonly store: ObjectStore;
  readonly bucket: string;
  /** The bucket is a folder that the first start makes. */
  readonly makesBucket: boolean;
  /** A service node of a cluster: it reads the epoch record and writes nothing. */
  readonly readsOnly: boolean;
  readonly clock: Clock;
  readonly random: Random;
}

export function storeChecks(under: StoreUnderCheck): Check[] {
  const bucket: Check = { name: 'bucket', run: () => checkBucket(under) };
  if (under.readsOnly) {
    return [bucket, { name: 'rights', needs: 'bucket', run: () => checkReading(under) }];
  }
  return [
    bucket,
    { name: 'rights', needs: 'bucket', run: () => checkRights(under) },
    { name: 'conditional-writes', needs: 'rights', run: () => checkConditions(under) },
    { name: 'clock', needs: 'rights', run: () => checkClock(under) },
  ];
}

async function checkBucket({ store, bucket, makesBucket }: StoreUnderCheck): Promise<Finding> {
  if (makesBucket) {
    await step('make the folder writable for this user', store.createBucket(bucket));
  }
  const advice = 'check endpoint, region, keys and the right s3:ListBucket';
  const exists = await step(advice, store.bucketExists(bucket));
  if (exists) return ok(`${bucket} is there`);
  return fix(`${bucket} does not exist: create it, or correct bucket_name`);
}

/** A role of least rights may do no more; what data nodes need is theirs to find out. */
async function checkReading(under: StoreUnderCheck): Promise<Finding> {
  const { store, bucket } = under;
  await step('grant s3:GetObject on _hsds/*', store.get({ bucket, key: probeKey(under) }));
  await step('grant s3:ListBucket', store.list(bucket, { prefix: '_hsds/', limit: 1 }));
  return ok('_hsds/ can be read, which is enough here; run this in a data node too');
}

async function checkRights(under: StoreUnderCheck): Promise<Finding> {
  const { store, bucket } = under;
  const at = { bucket, key: probeKey(under) };
  await step('grant s3:PutObject', store.put(at, CONTENT));
  const found = await step('grant s3:GetObject', store.get(at));
  if (found === null || found === 'not-modified') {
    return fix('an object that was just written is not found: the store is not consistent');
  }
  const { objects } = await step(
    'grant s3:ListBucket',
    store.list(bucket, { prefix: at.key, limit: 1 }),
  );
  await step('grant s3:DeleteObject', store.delete(at));
  if (objects.length === 1) return ok('objects can be put, got, listed and deleted');
  return fix('an object that was just written is not listed: the store is not consistent');
}

async function checkConditions(under: StoreUnderCheck): Promise<Finding> {
  const { store, bucket } = under;
  const { failures } = await probeStore({ stores: [store], bucket, key: probeKey(under) });
  if (failures.length === 0) return ok('of racing writers exactly one wins');
  const rule = 'use a store with If-Match and If-None-Match on PUT, or a single data node with';
  return fix(`${failures.join('; ')}: ${rule} hsds_allow_unfenced_store`);
}

/** Compares with the time that the store gives to an object. */
async function checkClock(under: StoreUnderCheck): Promise<Finding> {
  const { store, bucket, clock } = under;
  const at = { bucket, key: probeKey(under) };
  const before = clock.now() / MS_PER_S;
  await store.put(at, CONTENT);
  const after = clock.now() / MS_PER_S;
  const stat = await store.head(at);
  await store.delete(at);
  if (stat === null) return fix('an object that was just written is not found');
  // The store gives whole seconds, cut off.
  const ahead = Math.max(0, before - 1 - stat.lastModified);
  const behind = Math.max(0, stat.lastModified - after);
  const drift = Math.round(Math.max(ahead, behind));
  const side = ahead > behind ? 'ahead of' : 'behind';
  if (drift <= DRIFT_S_MAX) return ok('this clock agrees with that of the store');
  return fix(`this clock is ${drift} s ${side} the store: synchronise it (NTP)`);
}

function probeKey({ random }: StoreUnderCheck): string {
  return `_hsds/doctor/${Buffer.from(random.bytes(12)).toString('base64url')}`;
}
