/** docs/settings.md is the table of the code, no more and no less. */
import { readFileSync } from 'node:fs';
import { KEYS, keySpec } from '#server';

const page = readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) \| (.*) \|$/gm)];

describe('docs/settings.md', () => {
  it('has a row for every setting that has an effect, with its meaning', () => {
    const live = Object.entries(KEYS).filter(([name]) => keySpec(name)?.dead !== true);
    expect(rows.map((row) => row[1])).toEqual(live.map(([name]) => name));
    for (const [, name = '', , unit, about] of rows) {
      expect([name, unit, about]).toEqual([
        name,
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
