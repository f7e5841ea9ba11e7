import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { filesBelow, ROOT, textOf } from './tree.js';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...filesBelow('docs', /\.md$/),
  ...filesBelow('k8s', /\.md$/),
  ...filesBelow('test', /\.md$/),
];

/** Relative link targets of a page, without their anchors. */
function linksOf(page: string): string[] {
  return [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^([a-z]+:|#)/.test(target))
    .map((target) => target.replace(/#.*$/, ''));
}

describe('pages', () => {
  it.each(PAGES)('%s has no dead links', (page) => {
    const dead = linksOf(page).filter(
      (target) => !existsSync(join(ROOT, normalize(join(dirname(page), target)))),
    );
    expect(dead).toEqual([]);
  });
});

describe('decisions', () => {
  it('are numbered without gaps and say why', () => {
    const adrs = filesBelow('docs/adr', /\.md$/);
    const numbers = adrs.map((path) => Number(/\/(\d{4})-/.exec(path)?.[1]));
    expect(numbers).toEqual(numbers.map((_number, index) => index + 1));
    expect(adrs.filter((path) => !/\*\*(Context|Decision)/.test(textOf(path)))).toEqual([]);
  });
});
