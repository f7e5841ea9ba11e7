/** Where passwords come from, by the settings: a salt, a file, one user of the command line. */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { HdfError } from '#hdf5';
import type { Clock } from '#storage';
import { matchesDigest, parseStoredPassword, type StoredPassword } from './stored-password.js';

/** Tells whether a password is a user's. */
export interface Passwords {
  /** @throws HdfError `unavailable` when too many expensive tests are waiting */
  verify(user: string, password: string): boolean | Promise<boolean>;
}

/** Successful expensive tests that are remembered. */
const REMEMBERED_MAX = 1000;
/** Expensive tests at one time; each takes a thread of four for about a tenth of a second. */
const TESTS_MAX = 32;
const SALTED_CHARS = 32;
/** Compared with when there is no such user, so that its absence cannot be timed. */
const NOBODY = createHash('sha256').update('nobody').digest();

/** Any user's password is the start of SHA-512 over name and salt. */
export class SaltedPasswords implements Passwords {
  constructor(private readonly salt: string) {}

  verify(user: string, password: string): boolean {
    const digest = createHash('sha512').update(user + this.salt, 'utf8');
    const stored = parseStoredPassword(digest.digest('hex').slice(0, SALTED_CHARS));
    return stored.kind === 'clear' && matchesDigest(password, stored.digest);
  }
}

/** A table of passwords, clear or hashed; it may be replaced at any time. */
export class TablePasswords implements Passwords {
  private readonly remembered = new LRUCache<string, { readonly untilMs: number }>({
    max: REMEMBERED_MAX,
  });
  private readonly running = new Map<string, Promise<boolean>>();

  /**
   * @param expirationS how long a successful test of a hashed password is remembered; 0 or less:
   *   as long as there is room
   */
  constructor(
    private readonly table: () => ReadonlyMap<string, StoredPassword>,
    private readonly clock: Clock,
    private readonly expirationS: number,
  ) {}

  verify(user: string, password: string): boolean | Promise<boolean> {
    const stored = this.table().get(user);
    if (stored === undefined) return matchesDigest(password, NOBODY) && false;
    if (stored.kind === 'clear') return matchesDigest(password, stored.digest);
    // The stored text is part of the key: a changed file ends what is remembered.
    const key = createHash('sha256')
      .update(JSON.stringify([user, password, stored.text]))
      .digest('base64');
    const known = this.remembered.get(key);
    if (known !== undefined && this.clock.now() < known.untilMs) return true;
    return this.running.get(key) ?? this.test(key, stored.matches(this.slot(password)));
  }

  private slot(password: string): string {
    if (this.running.size < TESTS_MAX) return password;
    throw new HdfError('unavailable', 'too many logins at once', { retryAfterS: 1 });
  }

  private async test(key: string, result: Promise<boolean>): Promise<boolean> {
    this.running.set(key, result);
    try {
      const good = await result;
      const lifeMs = this.expirationS > 0 ? this.expirationS * 1000 : Infinity;
      if (good) this.remembered.set(key, { untilMs: this.clock.now() + lifeMs });
      return good;
    } finally {
      this.running.delete(key);
    }
  }
}

/** One user of the command line, before all others. */
export class OneUser implements Passwords {
  private readonly digest: Buffer;

  constructor(
    private readonly user: string,
    password: string,
    private readonly others: Passwords,
  ) {
    this.digest = createHash('sha256').update(password, 'utf8').digest();
  }

  verify(user: string, password: string): boolean | Promise<boolean> {
    if (user === this.user) return matchesDigest(password, this.digest);
    return this.others.verify(user, password);
  }
}
