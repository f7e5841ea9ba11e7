/**
 * A password as the password file holds it: in clear text, or hashed as
 * `scrypt$<N>$<r>$<p>$<salt>$<hash>` or `pbkdf2$<sha256|sha512>$<iterations>$<salt>$<hash>`, salt
 * and hash in base64. A clear-text password cannot begin with `scrypt$` or `pbkdf2$`.
 */
import { hash as digestOf, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { HdfError } from '#hdf5';

export type StoredPassword =
  | { readonly kind: 'clear'; readonly digest: Buffer }
  | { readonly kind: 'hashed'; readonly text: string; readonly matches: HashTest };

type HashTest = (password: string) => Promise<boolean>;

const derive = {
  scrypt: promisify<string, Buffer, number, object, Buffer>(scrypt),
  pbkdf2: promisify(pbkdf2),
};

/** Bounds on what one login may cost: 256 MiB, ten million rounds. */
const SCRYPT_BYTES_MAX = 2 ** 28;
const ROUNDS_MAX = 10_000_000;
const HASH_BYTES = { min: 16, max: 128 } as const;
/** OWASP's advice of 2024 for scrypt. */
const NEW_SCRYPT = { N: 2 ** 17, r: 8, p: 1, bytes: 32 } as const;

/** @throws HdfError `invalid` for a hash that is malformed or too expensive */
export function parseStoredPassword(text: string): StoredPassword {
  const [scheme, ...fields] = text.split('$');
  if (scheme === 'scrypt' && fields.length > 0) return hashed(text, scryptTest(fields));
  if (scheme === 'pbkdf2' && fields.length > 0) return hashed(text, pbkdf2Test(fields));
  return { kind: 'clear', digest: sha256(text) };
}

/** Whether clear-text passwords are equal; takes as long for any two of a length. */
export function matchesDigest(password: string, digest: Buffer): boolean {
  return timingSafeEqual(sha256(password), digest);
}

/** A new line's second field for a password. @param salt 16 random bytes */
export async function hashPassword(password: string, salt: Uint8Array): Promise<string> {
  const { N, r, p, bytes } = NEW_SCRYPT;
  const key = await derive.scrypt(password, Buffer.from(salt), bytes, scryptCost(N, r, p));
  return ['scrypt', N, r, p, Buffer.from(salt).toString('base64'), key.toString('base64')].join(
    '$',
  );
}

function hashed(text: string, matches: HashTest): StoredPassword {
  return { kind: 'hashed', text, matches };
}

function scryptTest(fields: readonly string[]): HashTest {
  const [N, r, p] = fields.slice(0, 3).map(Number) as [number, number, number];
  const [salt, hash] = saltAndHash(fields, 5);
  const powerOfTwo = N > 1 && Number.isInteger(Math.log2(N));
  const whole = [N, r, p].every((cost) => Number.isSafeInteger(cost) && cost > 0);
  if (!whole || !powerOfTwo || 128 * N * r > SCRYPT_BYTES_MAX || p > 16) {
    throw new HdfError('invalid', 'scrypt: expected N a power of 2, r, p, within 256 MiB');
  }
  return async (password) =>
    timingSafeEqual(await derive.scrypt(password, salt, hash.length, scryptCost(N, r, p)), hash);
}

function scryptCost(N: number, r: number, p: number) {
  return { N, r, p, maxmem: 2 * SCRYPT_BYTES_MAX };
}

function pbkdf2Test(fields: readonly string[]): HashTest {
  const [digest, rounds] = [fields[0] ?? '', Number(fields[1])];
  const [salt, hash] = saltAndHash(fields, 4);
  if (!['sha256', 'sha512'].includes(digest)) {
    throw new HdfError('invalid', `pbkdf2: expected sha256 or sha512, found ${digest}`);
  }
  if (!Number.isSafeInteger(rounds) || rounds < 1 || rounds > ROUNDS_MAX) {
    throw new HdfError('invalid', `pbkdf2: expected 1 to ${ROUNDS_MAX} iterations`);
  }
  return async (password) =>
    timingSafeEqual(await derive.pbkdf2(password, salt, rounds, hash.length, digest), hash);
}

function saltAndHash(fields: readonly string[], count: number): [Buffer, Buffer] {
  const [salt, hash] = fields.slice(-2).map((text) => Buffer.from(text, 'base64'));
  const length = hash?.length ?? 0;
  const legal = length >= HASH_BYTES.min && length <= HASH_BYTES.max;
  if (fields.length !== count || salt === undefined || hash === undefined || !legal) {
    throw new HdfError('invalid', 'expected a salt and a hash of 16 to 128 bytes in base64');
  }
  return [salt, hash];
}

function sha256(text: string): Buffer {
  return digestOf('sha256', text, 'buffer');
}
