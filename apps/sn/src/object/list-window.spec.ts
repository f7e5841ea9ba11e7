import { cutEntries, parseListWindow } from './list-window.js';

const query = (text: string) => new Map(new URLSearchParams(text));
const TITLES = 'first second third fourth fifth sixth seventh eighth ninth tenth'.split(' ');
const entries = new Map(TITLES.map((title, created) => [title, { created }]));
const cut = (text: string) =>
  cutEntries(entries, parseListWindow(query(text))).map(([name]) => name);

describe('a window of links or attributes', () => {
  it.each([
    ['', [...TITLES].sort()],
    ['CreateOrder=1', TITLES],
    ['CreateOrder=0&Limit=2', ['eighth', 'fifth']],
    ['Marker=seventh&CreateOrder=1&Limit=2', ['eighth', 'ninth']],
    ['Marker=seventh&Limit=3', ['sixth', 'tenth', 'third']],
    ['pattern=*th&CreateOrder=1&Limit=2', ['fourth', 'fifth']],
    ['Marker=g&Limit=1', ['ninth']],
  ])('%s', (text, expected) => {
    expect(cut(text)).toEqual(expected);
  });

  it.each(['Limit=x', 'Limit=-1', 'pattern=*a*', 'pattern=[ab]'])('refuses %s', (text) => {
    expect(() => parseListWindow(query(text))).toThrow(
      expect.objectContaining({ kind: 'invalid' }) as Error,
    );
  });
});
