import { toJsonMap } from '#hdf5';
import { comparableTime, inSentOrder } from './created-window.js';
import { splitNames } from './delete-names.params.js';
import { parseMultiRead, parseMultiWrite } from './multi-read.params.js';
import { parseCreationBody, parseNewId } from './creation.params.js';

const ROOT = 'g-5f1c2a90-7be3d481-d794-a218f3-6b5c09';
const GROUP = 'g-5f1c2a90-7be3d481-03b6-9e41c7-52d8aa';
const DATASET = 'd-5f1c2a90-7be3d481-4c27-1b80ef-96a35d';
const OTHER = 'g-00000000-7be3d481-03b6-9e41c7-52d8aa';
const invalid = expect.objectContaining({ kind: 'invalid' }) as Error;
const reading = { ids: 'grp_ids', names: 'titles', kind: 'group' } as const;
const writing = { ids: 'grp_ids', names: 'links', kind: 'group' } as const;

describe('parseMultiRead', () => {
  it.each([
    [{ titles: ['a'] }, [{ id: ROOT, names: ['a'] }]],
    [{ titles: [] }, [{ id: ROOT, names: undefined }]],
    [{ grp_ids: [GROUP, GROUP] }, [{ id: GROUP, names: undefined }]],
    [{ grp_ids: [GROUP], titles: ['a'] }, [{ id: GROUP, names: ['a'] }]],
    [
      { grp_ids: { [GROUP]: ['a'], [ROOT]: [] } },
      [
        { id: GROUP, names: ['a'] },
        { id: ROOT, names: undefined },
      ],
    ],
  ])('takes %j', (body, reads) => {
    expect(parseMultiRead(toJsonMap(body), ROOT, reading).reads).toEqual(reads);
  });

  it.each([
    {},
    { titles: 'a' },
    { titles: [1] },
    { grp_ids: [] },
    { grp_ids: {} },
    { grp_ids: 7 },
    { grp_ids: ['g-1'] },
    { grp_ids: [DATASET] },
    { grp_ids: { [GROUP]: 'a' } },
    { grp_ids: { [GROUP]: [] }, titles: ['a'] },
  ])('refuses %j', (body) => {
    expect(() => parseMultiRead(toJsonMap(body), ROOT, reading)).toThrow(invalid);
  });
});

describe('parseMultiWrite', () => {
  it.each([
    [{ links: { a: {} } }, [ROOT], false],
    [{ links: {} }, [ROOT], false],
    [{ grp_ids: [GROUP, ROOT], links: { a: {} } }, [GROUP, ROOT], false],
    [{ grp_ids: { [GROUP]: { links: {} } } }, [GROUP], true],
  ])('takes %j', (body, ids, byObject) => {
    const { writes, byObject: found } = parseMultiWrite(toJsonMap(body), ROOT, writing);
    expect([[...writes.keys()], found]).toEqual([ids, byObject]);
  });

  it.each([
    {},
    { links: [] },
    { grp_ids: [GROUP] },
    { grp_ids: [GROUP], links: {} },
    { grp_ids: [], links: { a: {} } },
    { grp_ids: {}, links: {} },
    { grp_ids: { [GROUP]: {} } },
    { grp_ids: { [GROUP]: { links: {} } }, links: {} },
    { grp_ids: { x: { links: {} } } },
  ])('refuses %j', (body) => {
    expect(() => parseMultiWrite(toJsonMap(body), ROOT, writing)).toThrow(invalid);
  });
});

describe('creation bodies', () => {
  it('are one object or a list, and nothing may stand for an anonymous group', () => {
    const one = toJsonMap({ a: 1 });
    expect(parseCreationBody(one)).toEqual([one]);
    expect(parseCreationBody([one, one])).toHaveLength(2);
    expect(parseCreationBody(null, one)).toEqual([one]);
    expect(parseCreationBody([], one)).toEqual([one]);
  });

  it.each([[undefined], [null], [[]], [[1]], ['x'], [7]])('refuse %j', (body) => {
    expect(() => parseCreationBody(body)).toThrow(invalid);
  });

  it('may choose an id of the right kind and domain', () => {
    expect(parseNewId(toJsonMap({ id: GROUP }), 'groups', ROOT)).toBe(GROUP);
    expect(parseNewId(toJsonMap({}), 'groups', ROOT)).toBeUndefined();
    for (const id of [DATASET, OTHER, 'g-1', 7]) {
      expect(() => parseNewId(toJsonMap({ id }), 'groups', ROOT)).toThrow(invalid);
    }
  });
});

describe('splitNames', () => {
  it.each([
    ['a/b', '', ['a', 'b']],
    ['a:b/c:a', 'separator=:', ['a', 'b/c']],
    ['', '', ['']],
  ])('%j with %j', (text, query, expected) => {
    expect(splitNames(text, new Map(new URLSearchParams(query)), 'titles')).toEqual(expected);
  });

  it('refuses no text and an empty separator', () => {
    expect(() => splitNames(undefined, new Map(), 'titles')).toThrow(invalid);
    expect(() => splitNames('a', new Map([['separator', '']]), 'titles')).toThrow(invalid);
  });
});

describe('times that clients send', () => {
  it('put items in the order in which they were made, when all have one', () => {
    const items = toJsonMap({ b: { created: 2 }, a: { created: 1 }, c: { created: 2 } });
    expect(inSentOrder(items).map(([name]) => name)).toEqual(['a', 'b', 'c']);
    const some = toJsonMap({ b: { created: 2 }, a: {} });
    expect(inSentOrder(some).map(([name]) => name)).toEqual(['b', 'a']);
  });

  it.each([
    [{ sent: 5, stored: 9, created: 1000 }, 9],
    [{ sent: 9, stored: 9, created: 1000 }, 9],
    [{ sent: 10, stored: 9, created: 10 }, 10],
    [{ sent: 10, stored: 9, created: 1000 }, 1000],
    [{ sent: 5, stored: undefined, created: 1000 }, 1000],
  ])('%j compares as %d', (times, expected) => {
    expect(comparableTime(times)).toBe(expected);
  });
});
