/** `docs/status/cluster-trials.md`: each command writes its own section between two markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../../docs/status/cluster-trials.md', import.meta.url));

/** A table in Markdown. */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Where and when numbers were measured. */
export function circumstances(): string {
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${cpus().length} cores, Node ${process.versions.node}.`;
}

/** Writes what stands between the markers of a section. */
export function replaceSection(name: string, text: string): void {
  const [begin, end] = [`<!-- ${name}: generated -->`, `<!-- ${name}: end -->`];
  const page = readFileSync(PAGE, 'utf8');
  const [before = '', rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${PAGE} has no section ${name}`);
  writeFileSync(PAGE, `${before}${begin}\n\n${circumstances()} ${text}\n\n${end}${after}`);
}
