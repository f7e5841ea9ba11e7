/** The project's own files, for the tests that look at them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The project's folder: Jest runs there. */
export const ROOT = process.cwd();

const LEFT_OUT = new Set(['node_modules', 'dist', 'data', 'coverage', '.git', 'tmp']);

/** Paths below a folder of the project, with forward slashes, relative to the project. */
export function filesBelow(folder: string, pattern: RegExp): string[] {
  const found: string[] = [];
  const walk = (at: string) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (LEFT_OUT.has(entry.name) || entry.name.startsWith('.venv')) continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (pattern.test(entry.name)) found.push(relative(ROOT, path).replaceAll('\\', '/'));
    }
  };
  walk(join(ROOT, folder));
  return found.sort();
}

/** The text of one file of the project. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
