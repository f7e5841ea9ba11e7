import { HdfError } from '#hdf5';
import { mapFingerprint } from './fingerprint.js';
import { NodeMap } from './node-map.js';

/** A data node as the epoch record names it. */
export interface Member {
  readonly ip: string;
  /** Pod uid. */
  readonly uid: string;
  /** Random id of the process start. */
  readonly boot: string;
  /** Start of the process, Unix ms of its node's clock: for the proof of its death. */
  readonly startedAt: number;
  /** Container restarts that were known when it was admitted. */
  readonly restarts: number;
  /** Not serving yet: the process that had the address before may still be alive. */
  readonly recovering?: true;
}

/** A list of members and its name. */
export interface MemberList {
  readonly fingerprint: string;
  /** In canonical order of the addresses, each once. */
  readonly members: readonly Member[];
}

/**
 * Which data nodes serve now, the one truth of the cluster; changed only by compare-and-swap.
 * `ACTIVE e` -> `TRANSITION e` (to `next`) -> `ACTIVE e+1`.
 */
export interface EpochRecord extends MemberList {
  readonly epoch: number;
  readonly phase: 'ACTIVE' | 'TRANSITION';
  /** The list of epoch + 1 during a transition, else null. */
  readonly next: MemberList | null;
  /** Random: no two records are equal, so that no ETag comes back. */
  readonly nonce: string;
  /** Boot of the writer. */
  readonly by: string;
}

/** The record together with the version that a change of it must name. */
export interface RecordView {
  readonly etag: string;
  readonly record: EpochRecord;
}

/** Who writes a record, and what makes it unique. */
export interface RecordAuthor {
  readonly clusterId: string;
  readonly boot: string;
  readonly nonce: string;
}

/** A member list in canonical order with its fingerprint. @param members in any order */
export function memberList(clusterId: string, members: readonly Member[]): MemberList {
  const sorted = [...members].sort((a, b) => (a.ip < b.ip ? -1 : 1));
  const ips = sorted.map((member) => member.ip);
  return { fingerprint: mapFingerprint(clusterId, ips), members: sorted };
}

/** The first record of a cluster. */
export function firstRecord(members: readonly Member[], author: RecordAuthor): EpochRecord {
  const list = memberList(author.clusterId, members);
  return { epoch: 1, phase: 'ACTIVE', ...list, next: null, nonce: author.nonce, by: author.boot };
}

/** `ACTIVE e` -> `TRANSITION e`; of a transition: the same with another `next`. */
export function withNext(
  record: EpochRecord,
  next: readonly Member[],
  author: RecordAuthor,
): EpochRecord {
  const { clusterId, boot, nonce } = author;
  return { ...record, phase: 'TRANSITION', next: memberList(clusterId, next), nonce, by: boot };
}

/** `TRANSITION e` -> `ACTIVE e+1`. */
export function activated(record: EpochRecord, author: RecordAuthor): EpochRecord {
  const list = record.next;
  if (list === null) throw new HdfError('internal', `record of epoch ${record.epoch} has no next`);
  const { boot, nonce } = author;
  return { epoch: record.epoch + 1, phase: 'ACTIVE', ...list, next: null, nonce, by: boot };
}

/** The same epoch with one member replaced: its process was restarted at the same address. */
export function withMember(record: EpochRecord, member: Member, author: RecordAuthor): EpochRecord {
  const members = record.members.map((other) => (other.ip === member.ip ? member : other));
  return { ...record, members, nonce: author.nonce, by: author.boot };
}

/** Whether `a` is later in the life of the cluster than `b`. */
export function isLater(a: EpochRecord, b: EpochRecord): boolean {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  return a.phase === 'TRANSITION' && b.phase === 'ACTIVE';
}

/** The routing map of a record: the members of its epoch, also while it hands over. */
export function nodeMapOf(record: EpochRecord, port: number): NodeMap {
  const nodes = record.members.map(({ ip, boot }) => ({ ip, port, boot }));
  return new NodeMap(record.epoch, record.fingerprint, nodes);
}

/** The stored form: readable JSON of about 1 KB. */
export function encodeRecord(record: EpochRecord): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(record, null, 1));
}

/** @throws HdfError `corrupt` when the bytes are no epoch record */
export function decodeRecord(bytes: Uint8Array): EpochRecord {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new HdfError('corrupt', 'the epoch record is not JSON', { cause });
  }
  if (!isRecord(value)) {
    throw new HdfError('corrupt', 'the epoch record lacks epoch, phase, members, next or nonce');
  }
  return value;
}

function isRecord(value: unknown): value is EpochRecord {
  if (!isList(value)) return false;
  const { epoch, phase, next, nonce, by } = value as Partial<Record<keyof EpochRecord, unknown>>;
  if (!Number.isSafeInteger(epoch) || typeof nonce !== 'string' || typeof by !== 'string') {
    return false;
  }
  return phase === 'TRANSITION' ? isList(next) : phase === 'ACTIVE' && next === null;
}

function isList(value: unknown): value is MemberList {
  if (typeof value !== 'object' || value === null) return false;
  const { fingerprint, members } = value as { fingerprint?: unknown; members?: unknown };
  return typeof fingerprint === 'string' && Array.isArray(members) && members.every(isMember);
}

function isMember(value: unknown): value is Member {
  if (typeof value !== 'object' || value === null) return false;
  const { ip, uid, boot, startedAt, restarts } = value as Partial<Record<keyof Member, unknown>>;
  const texts = [ip, uid, boot].every((item) => typeof item === 'string');
  return texts && typeof startedAt === 'number' && typeof restarts === 'number';
}
