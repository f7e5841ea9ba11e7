/** The password file and the groups file: text to tables. Lines that are wrong are reported. */
import { parseStoredPassword, type StoredPassword } from './stored-password.js';

/** Shorter names and passwords are taken for mistakes, as HSDS does. */
const CHARS_MIN = 3;

export interface ParsedFile<T> {
  readonly table: ReadonlyMap<string, T>;
  /** One text a line that was skipped, without its contents. */
  readonly warnings: readonly string[];
}

/**
 * Lines `user:password`; further colon-separated fields, empty lines and `#` lines are ignored. The
 * first line of a user counts.
 */
export function parsePasswordFile(text: string): ParsedFile<StoredPassword> {
  const table = new Map<string, StoredPassword>();
  const warnings: string[] = [];
  for (const [number, line] of contentLines(text)) {
    const [user = '', password = ''] = line.split(':');
    if (user.length < CHARS_MIN || password.length < CHARS_MIN) {
      warnings.push(`line ${number}: expected user:password of at least ${CHARS_MIN} characters`);
    } else if (!table.has(user)) {
      addUser(table, warnings, { number, user, password });
    }
  }
  return { table, warnings };
}

function addUser(
  table: Map<string, StoredPassword>,
  warnings: string[],
  line: { readonly number: number; readonly user: string; readonly password: string },
): void {
  try {
    table.set(line.user, parseStoredPassword(line.password));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    warnings.push(`line ${line.number}: ${why}`);
  }
}

/** Lines `group: user user …`; a repeated group adds members. The table is by user. */
export function parseGroupsFile(text: string): ParsedFile<readonly string[]> {
  const table = new Map<string, string[]>();
  const warnings: string[] = [];
  for (const [number, line] of contentLines(text)) {
    const colon = line.indexOf(':');
    const group = line.slice(0, Math.max(0, colon)).trim();
    if (group === '') warnings.push(`line ${number}: expected group: user user`);
    const users = group === '' ? [] : line.slice(colon + 1).split(/\s+/);
    for (const user of users.filter((name) => name.length >= CHARS_MIN)) {
      const groups = table.get(user) ?? [];
      if (!groups.includes(group)) table.set(user, [...groups, group]);
    }
  }
  return { table, warnings };
}

/** Line number from 1, and the line without the blanks around it. */
function contentLines(text: string): [number, string][] {
  return text
    .split(/\r?\n/)
    .map((line, index): [number, string] => [index + 1, line.trim()])
    .filter(([, line]) => line !== '' && !line.startsWith('#'));
}
