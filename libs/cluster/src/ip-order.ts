import { isIPv4, isIPv6 } from 'node:net';

/**
 * The canonical text of an IP address: dotted decimal, or RFC 5952 for IPv6 (lower case, no
 * leading zeros, the longest run of at least two zero groups as `::`, the first of equals). An
 * IPv4-mapped address becomes its IPv4 text. A name that is no address is given back as it is;
 * static lists may hold names.
 *
 * @see RFC 5952
 */
export function canonicalIp(text: string): string {
  if (!isIPv6(text)) return isIPv4(text) ? text.split('.').map(Number).join('.') : text;
  const zone = text.indexOf('%');
  const groups = parseIPv6(zone < 0 ? text : text.slice(0, zone));
  if (isMappedIPv4(groups)) {
    return [6, 7].flatMap((i) => [(groups[i] ?? 0) >> 8, (groups[i] ?? 0) & 255]).join('.');
  }
  return formatIPv6(groups) + (zone < 0 ? '' : text.slice(zone));
}

/** Order of canonical texts: by their bytes, the same on every node whatever its locale. */
export function compareIps(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Canonical texts in canonical order, each once. */
export function sortIps(ips: Iterable<string>): string[] {
  return [...new Set([...ips].map(canonicalIp))].sort(compareIps);
}

/** The eight groups of a valid IPv6 text without a zone. */
function parseIPv6(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const before = parseGroups(head);
  if (tail === undefined) return before;
  const after = parseGroups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

function parseGroups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function isMappedIPv4(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
}

function formatIPv6(groups: readonly number[]): string {
  const { start, length } = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i < groups.length; i++) {
    if (groups[i] !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  }
  return best;
}
