/** docs/settings.md is the table of the code, no more and no less. */
import { readFileSync } from 'node:fs';
import { KEYS, keySpec } from '#server';

const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) \| (.*) \|$/gm)];

/** A default as the page writes it: sizes in the largest unit that is whole. */
function shown(name: string): string {
  const spec = keySpec(name);
  const value = spec?.default;
  if (value === null || value === undefined || value === '') return '';
  if (Array.isArray(value)) return value.length === 0 ? '' : `\`${value.join(', ')}\``;
  return `\`${spec?.type === 'size' ? sizeText(Number(value)) : String(value)}\``;
}

function sizeText(bytes: number): string {
  const units = [['g', 2 ** 30] as const, ['m', 2 ** 20] as const, ['k', 2 ** 10] as const];
  const [letter, factor] = units.find(([, each]) => bytes > 0 && bytes % each === 0) ?? ['', 1];
  return `${bytes / factor}${letter}`;
}

describe('docs/settings.md', () => {
  it('has a row for every setting that has an effect, with its meaning', () => {
    const live = Object.entries(KEYS).filter(([name]) => keySpec(name)?.dead !== true);
    expect(rows.map((row) => row[1])).toEqual(live.map(([name]) => name));
    for (const [, name = '', value, unit, about] of rows) {
      expect([name, value, unit, about]).toEqual([
        name,
        shown(name),
        keySpec(name)?.unit,
        expect.stringContaining(keySpec(name)?.about ?? '?'),
      ]);
    }
  });

  it('names the settings without effect', () => {
    const dead = Object.keys(KEYS).filter((name) => keySpec(name)?.dead === true);
    for (const name of dead) expect(page).toContain(`\`${name}\``);
  });
});
