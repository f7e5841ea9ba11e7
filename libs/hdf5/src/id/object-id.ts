import { assert } from '../assert.js';
import { HdfError } from '../errors.js';

/**
 * Object ids: `g-`, `d-` or `t-` and 32 lower-case hex digits. Schema v2 groups them 8-8-4-6-6; the
 * first 16 are the same for all objects of a domain. Schema v1 (old domains) is a UUID, 8-4-4-4-12.
 *
 * @see HDF REST API, object ids
 */
export type ObjectKind = 'group' | 'dataset' | 'datatype';

/** Kinds as in routes and `collection` members. */
export type Collection = 'groups' | 'datasets' | 'datatypes';

const KINDS: Readonly<Record<string, ObjectKind>> = { g: 'group', d: 'dataset', t: 'datatype' };
const PREFIXES = { group: 'g', dataset: 'd', datatype: 't' } as const;
const COLLECTIONS = { group: 'groups', dataset: 'datasets', datatype: 'datatypes' } as const;

const V2 = /^[gdt]-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{6}-[0-9a-f]{6}$/;
const V1 = /^[gdt]-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Where the part that a domain's ids share is: `xxxxxxxx-xxxxxxxx`. */
const DOMAIN_PART = [2, 19] as const;
/** From a v2 id's first dash to its third; v1 ids have a digit there. */
const V2_THIRD_DASH = 18;

/** Where the digits of a v2 id's first half are, and those of its second. */
const DIGIT_PAIRS = digitPlaces(2, 19).map((first, digit) => {
  const second = digitPlaces(20, 38)[digit] ?? 0;
  return [first, second] as const;
});
const LETTER_G = 'g'.charCodeAt(0);
/** By the code of a digit that of the digit + 8 mod 16. */
const ROTATED = new Map(
  Array.from('0123456789abcdef', (digit) => [digit.charCodeAt(0), rotated(digit).charCodeAt(0)]),
);

/** Bytes of chance that a new id takes. */
export const ID_RANDOM_BYTES = 16;

/** True for a well-formed object id of either schema; whether the object exists is not asked. */
export function isObjectId(text: unknown): text is string {
  return typeof text === 'string' && (V2.test(text) || V1.test(text));
}

/**
 * A checked object id.
 *
 * @param kind when given, the kind that the id must have
 * @throws HdfError `invalid`
 */
export function parseObjectId(text: unknown, kind?: ObjectKind): string {
  if (!isObjectId(text)) {
    const found = typeof text === 'string' ? JSON.stringify(text.slice(0, 60)) : typeof text;
    throw new HdfError(
      'invalid',
      `expected a ${kind ?? 'group, dataset or datatype'} id: ${found}`,
    );
  }
  if (kind !== undefined && kindOf(text) !== kind) {
    throw new HdfError('invalid', `expected a ${kind} id, found ${text}`);
  }
  return text;
}

/** @throws HdfError `invalid` when the prefix is none of g, d, t */
export function kindOf(id: string): ObjectKind {
  const kind = KINDS[id.charAt(0)];
  if (kind === undefined || id.charAt(1) !== '-') {
    throw new HdfError('invalid', `expected an object id, found ${id}`);
  }
  return kind;
}

/** @throws HdfError `invalid` when the prefix is none of g, d, t */
export function collectionOf(id: string): Collection {
  return COLLECTIONS[kindOf(id)];
}

/** The kind of the objects in a collection. */
export function kindOfCollection(collection: Collection): ObjectKind {
  return collection === 'groups' ? 'group' : collection === 'datasets' ? 'dataset' : 'datatype';
}

/** True for the ids of old domains; takes object and chunk ids. */
export function isSchemaV1(id: string): boolean {
  return id.charAt(id.indexOf('-') + V2_THIRD_DASH) !== '-';
}

/**
 * True for the id of a domain's root group.
 *
 * @throws HdfError `invalid` for v1 ids, which do not tell
 */
export function isRootId(id: string): boolean {
  if (!V2.test(id)) return id === rootOf(id);
  if (id.charCodeAt(0) !== LETTER_G) return false;
  return DIGIT_PAIRS.every(
    ([first, second]) => ROTATED.get(id.charCodeAt(first)) === id.charCodeAt(second),
  );
}

/**
 * The root group of the domain that an object belongs to.
 *
 * @throws HdfError `invalid` for v1 ids, which do not tell
 */
export function rootOf(id: string): string {
  if (!V2.test(id)) throw new HdfError('invalid', `only v2 ids tell their root, found ${id}`);
  return rootWith(id.slice(...DOMAIN_PART));
}

/**
 * Whether two objects may be of one domain. Sure for v2 ids. Two v1 ids always may: there only the
 * document's `root` member tells.
 */
export function sameDomain(id: string, other: string): boolean {
  if (isSchemaV1(id)) return isSchemaV1(other);
  return !isSchemaV1(other) && id.slice(...DOMAIN_PART) === other.slice(...DOMAIN_PART);
}

/** A new v2 root group id. @param random 16 random bytes */
export function newRootId(random: Uint8Array): string {
  const hex = hexOf(random);
  return rootWith(`${hex.slice(0, 8)}-${hex.slice(8, 16)}`);
}

/**
 * A new id in the domain of `root`, in the root's schema.
 *
 * @param random 16 random bytes
 */
export function newObjectId(kind: ObjectKind, root: string, random: Uint8Array): string {
  const hex = hexOf(random);
  const prefix = PREFIXES[kind];
  if (!isSchemaV1(root)) {
    const domainPart = root.slice(...DOMAIN_PART);
    return `${prefix}-${domainPart}-${hex.slice(16, 20)}-${hex.slice(20, 26)}-${hex.slice(26)}`;
  }
  // A random UUID (RFC 9562, version 4): schema v1 asks for no more than the form.
  const variant = '89ab'.charAt(parseInt(hex.charAt(16), 16) & 3);
  const middle = `${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}`;
  return `${prefix}-${hex.slice(0, 8)}-${middle}-${hex.slice(20)}`;
}

/** The root id whose first half is `xxxxxxxx-xxxxxxxx`: the second half repeats it, digits + 8. */
function rootWith(domainPart: string): string {
  const hex = domainPart.replace(/[0-9a-f]/g, rotated).replace('-', '');
  return `g-${domainPart}-${hex.slice(0, 4)}-${hex.slice(4, 10)}-${hex.slice(10)}`;
}

function rotated(digit: string): string {
  return (parseInt(digit, 16) ^ 8).toString(16);
}

/** Positions from `start` to before `end` in a v2 id that have no dash. */
function digitPlaces(start: number, end: number): number[] {
  const dashes = [10, 19, 24, 31];
  const all = Array.from({ length: end - start }, (_place, offset) => start + offset);
  return all.filter((place) => !dashes.includes(place));
}

function hexOf(random: Uint8Array): string {
  assert(random.length === ID_RANDOM_BYTES, `${ID_RANDOM_BYTES} random bytes`);
  return Buffer.from(random.buffer, random.byteOffset, random.byteLength).toString('hex');
}
