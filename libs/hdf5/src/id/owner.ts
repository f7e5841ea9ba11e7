import { hash } from 'node:crypto';

/** The first 5 hex digits of the MD5 of a text's UTF-8 bytes: what HSDS distributes keys by. */
export function hash5(text: string): string {
  return hash('md5', text, 'hex').slice(0, 5);
}

/**
 * Which of `count` nodes a text belongs to, as in HSDS: `hash5` modulo the count.
 *
 * @param text a complete object or chunk id (with partition and index), or `<bucket><path>` of a domain
 * @param count at least 1
 * @returns 0 to count - 1
 */
export function ownerIndex(text: string, count: number): number {
  return count === 1 ? 0 : parseInt(hash5(text), 16) % count;
}
