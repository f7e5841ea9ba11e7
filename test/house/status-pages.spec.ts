import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, ROOT, textOf } from './tree.js';

interface Shown {
  readonly page: string;
  readonly path: string;
  readonly words: string;
}

/** `path` "words of a title", "of another"; and a cell of such, with semicolons between. */
const NAMED = /`([\w./-]+\.(?:ts|py))` ("[^"|]+"(?:, "[^"|]+")*)/;
const CELL = new RegExp(`^${NAMED.source}(; ${NAMED.source})* \\|$`);

/** What tables of a page name as shown by tests. */
function shownOn(page: string): Shown[] {
  const named = new RegExp(NAMED, 'g');
  return [...textOf(page).matchAll(named)].flatMap(([, path = '', titles = '']) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, words = '']) => ({ page, path, words })),
  );
}

const PAGES = filesBelow('docs/status', /\.md$/).filter((page) => shownOn(page).length > 0);

describe('status pages', () => {
  it('are some', () => {
    expect(PAGES).toContain('docs/status/storage.md');
  });

  it.each(PAGES)('%s names tests that are there', (page) => {
    const wrong = shownOn(page).filter(
      ({ path, words }) => !existsSync(join(ROOT, path)) || !textOf(path).includes(words),
    );
    expect(wrong).toEqual([]);
  });

  it.each(PAGES)('%s shows every feature by tests, in the form that is checked', (page) => {
    const rows = textOf(page)
      .split('\n')
      .filter((line) => line.startsWith('| '));
    const cells = rows.map((row) => row.split(' | ')[1] ?? '');
    const shown = cells.filter((cell) => !/^(---|shown by)/.test(cell));
    expect(shown.filter((cell) => !CELL.test(cell))).toEqual([]);
  });
});
