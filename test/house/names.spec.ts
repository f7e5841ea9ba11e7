import { basename } from 'node:path';
import { filesBelow, textOf } from './tree.js';

const SOURCES = [...filesBelow('libs', /\.ts$/), ...filesBelow('apps', /\.ts$/)];
const DRAWERS = /(^|[-.])(utils?|common|helpers?|misc|manager|stuff)([-.]|$)/;

describe('names', () => {
  it('finds the sources', () => {
    expect(SOURCES.length).toBeGreaterThan(200);
  });

  it('are kebab-case nouns, with Nest suffixes behind dots', () => {
    const odd = SOURCES.filter(
      (path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*\.ts$/.test(basename(path)),
    );
    expect(odd).toEqual([]);
  });

  it('are no drawers', () => {
    expect(SOURCES.filter((path) => DRAWERS.test(basename(path, '.ts')))).toEqual([]);
  });
});

describe('rooms', () => {
  it('each say in their index what lives there', () => {
    const faces = SOURCES.filter((path) => /^(libs|apps)\/[a-z0-9-]+\/src\/index\.ts$/.test(path));
    expect(faces.length).toBeGreaterThanOrEqual(7);
    expect(faces.filter((path) => !textOf(path).startsWith('/**'))).toEqual([]);
  });

  it('hold no suppressed lint rule and no unexplained leftovers', () => {
    const marks = /eslint-disable|@ts-ignore|@ts-expect-error|\bFIXME\b|\bXXX\b|\bTODO\b/;
    expect(SOURCES.filter((path) => marks.test(textOf(path)))).toEqual([]);
  });
});

describe('the project', () => {
  it('names no machine, registry or author', () => {
    const all = [
      ...SOURCES,
      ...filesBelow('test', /\.(ts|py|md|json|sh)$/),
      ...filesBelow('docs', /\.md$/),
      ...filesBelow('scripts', /\.(mjs|sh|py|ts)$/),
      'README.md',
      'CONTRIBUTING.md',
      'CHANGELOG.md',
      'package.json',
    ].filter((path) => path !== 'test/house/names.spec.ts');
    const traces = /\/work\/|\/tmp\/(brief|boot|snap|oracle)|registry\.npmjs|\bClaude\b|Anthropic/;
    expect(all.filter((path) => traces.test(textOf(path)))).toEqual([]);
  });

  it('has a lock file without registry addresses', () => {
    expect(/"resolved"/.test(textOf('package-lock.json'))).toBe(false);
  });
});
