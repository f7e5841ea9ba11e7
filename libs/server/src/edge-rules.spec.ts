import fc from 'fast-check';
import { parseJson, PERMISSIONS } from '#hdf5';
import { isPermitted } from './acl.js';
import { parseDomain, parentPath, requestBucket, type DomainSettings } from './domain.js';
import { bodyFlag, queryFlag, queryInteger, queryLimit } from './flags.js';
import { Hrefs } from './hrefs.js';
import { parseQueryString } from './query-string.js';
import { ANONYMOUS, type User } from './request-context.js';
import { RouteTable, routedTarget } from './route-table.js';
import { domainDocument } from './testing/test-edge.js';

const SETTINGS: DomainSettings = { defaultBucket: 'main', schemes: ['s3'] };
const invalid = expect.objectContaining({ kind: 'invalid' }) as Error;

describe('parseDomain', () => {
  const parse = (text: string) => parseDomain(text, () => 'main', SETTINGS);

  it.each([
    ['/home/x.h5', 'main', '/home/x.h5'],
    ['hdf5://home/x.h5', 'main', '/home/x.h5'],
    ['hdf5:/home/x.h5', 'home', '/x.h5'],
    ['home/x.h5', 'home', '/x.h5'],
    ['other/home/x.h5', 'other', '/home/x.h5'],
    ['s3://other/home/x.h5', 'other', '/home/x.h5'],
    ['/home/ü 数.h5', 'main', '/home/ü 数.h5'],
    ['/dbx/.x', 'main', '/dbx/.x'],
  ])('%s', (text, bucket, path) => {
    expect(parse(text)).toEqual({ bucket, path });
  });

  it.each([
    '',
    '/',
    '//',
    'x.h5',
    'test_user1.home',
    '/home/',
    '/a//b',
    '/a/../b',
    '/./a',
    '/a/..',
    'bad bucket/x',
    '../x',
    '/a/.domain.json',
    '/a\u0000b',
    'gs://b/x',
    'https://h/b/x',
    'hdf5:/',
    `/${'x'.repeat(1100)}`,
  ])('refuses %j', (text) => {
    expect(() => parse(text)).toThrow(invalid);
  });

  it('finds no domains among the object data and the records of the cluster', () => {
    const missing = expect.objectContaining({ kind: 'not-found' }) as Error;
    for (const path of ['/db', '/db/x', '/_hsds/cluster'])
      expect(() => parse(path)).toThrow(missing);
  });

  it('never gives a path with an empty, . or .. segment', () => {
    const piece = fc.constantFrom('/', '.', '..', 'a', 'hdf5:/', 's3://', ' ', '%2e');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const result = attempt(() => parse(pieces.join('')));
        const segments = result?.path.split('/').slice(1) ?? ['ok'];
        expect(segments.filter((one) => ['', '.', '..'].includes(one))).toEqual([]);
      }),
    );
  });
});

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

it('takes the bucket from parameter, header, setting, and refuses bad names', () => {
  const bucket = (query: string, header?: string) =>
    requestBucket(
      { query: parseQueryString(query), domainHeader: undefined, bucketHeader: header },
      SETTINGS,
    );
  expect([bucket('?bucket=a', 'b'), bucket('?bucket=', 'b'), bucket('')]).toEqual([
    'a',
    'b',
    'main',
  ]);
  expect(() => bucket('?bucket=bad/bucket')).toThrow(invalid);
  expect(() => bucket('?bucket=..')).toThrow(invalid);
});

it('knows the parent of a path', () => {
  expect(['/home', '/home/a/b'].map(parentPath)).toEqual(['/', '/home/a']);
});

describe('parseQueryString', () => {
  it('decodes, keeps the first of equal names, tolerates empty pairs and stray %', () => {
    const query = parseQueryString('/x?&a=1&a=2&b&c=%C3%A9+%2B&d=5%&select=[0:2,1]#f');
    expect([...query]).toEqual([
      ['a', '1'],
      ['b', ''],
      ['c', 'é +'],
      ['d', '5%'],
      ['select', '[0:2,1]'],
    ]);
    expect(() => parseQueryString('?a=%ff')).toThrow(invalid);
  });

  it('reads back what URLSearchParams writes', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(text, text), (pairs) => {
        const written = new URLSearchParams(pairs).toString();
        expect(Object.fromEntries(parseQueryString(`/?${written}`))).toEqual({ ...pairs });
      }),
    );
  });
});

describe('isPermitted', () => {
  const user = (name: string, ...groups: string[]): User => ({
    name,
    groups,
    anonymous: false,
    admin: false,
  });
  const { acls } = domainDocument('g', { amy: 'c', default: 'r', 'g:lab': 'u', none: '' });

  it.each([
    ['own entry grants', user('amy'), 'create', true],
    ['own entry is final, default is not asked', user('amy'), 'read', false],
    ['own entry is final, groups are not asked', user('none', 'lab'), 'update', false],
    ['default grants', user('bob'), 'read', true],
    ['a group grants', user('bob', 'x', 'lab'), 'update', true],
    ['nothing grants', user('bob', 'x'), 'update', false],
    ['the owner has no right of his own', user('alice'), 'update', false],
    ['anonymous, granted', ANONYMOUS, 'read', true],
    ['anonymous, not granted', ANONYMOUS, 'update', false],
  ] as const)('%s', (_name, who, action, result) => {
    expect(isPermitted(acls, who, action)).toBe(result);
  });

  it('lets admins do everything', () => {
    const admin = { ...user('amy'), admin: true };
    expect(PERMISSIONS.every((action) => isPermitted(acls, admin, action))).toBe(true);
  });
});

describe('flags', () => {
  it.each([
    ['', false],
    ['0', false],
    ['-00', false],
    ['false', false],
    ['F', false],
    [' 0 ', false],
    ['1', true],
    ['T', true],
    ['no', true],
    ['0.0', true],
    ['2', true],
  ])('of the query: %j', (text, value) => {
    expect(queryFlag(new Map([['x', text]]), 'x')).toBe(value);
  });

  it.each([
    ['0', false],
    ['0.0', false],
    ['""', false],
    ['null', false],
    ['false', false],
    ['1', true],
    ['"0"', true],
    ['[]', true],
  ])('of the body: %s', (text, value) => {
    expect(bodyFlag(parseJson(`{"x": ${text}}`), 'x')).toBe(value);
  });

  it('are false when absent', () => {
    expect([queryFlag(new Map(), 'x'), bodyFlag(undefined, 'x'), bodyFlag([], 'x')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('read integers or refuse them', () => {
    const limit = (text: string) => queryLimit(new Map([['Limit', text]]));
    expect([limit('5'), limit('0'), queryLimit(new Map())]).toEqual([5, undefined, undefined]);
    for (const bad of ['', '-1', '1.5', 'x', '1e3', '99999999999999999']) {
      expect(() => limit(bad)).toThrow(invalid);
    }
    expect(queryInteger(new Map([['n', '-3']]), 'n', -3)).toBe(-3);
  });
});

describe('routes', () => {
  const table = new RouteTable();
  table.add('GET', '/groups/.h5path');
  table.add('GET', '/groups/:id');
  table.add(['PUT', 'DELETE'], '/groups/:id');

  it.each([
    ['/groups/x?y', ['DELETE', 'GET', 'PUT']],
    ['/groups/', undefined],
    ['/groups/.h5path#x', ['GET']],
    ['/datasets/.h5path', undefined],
    ['/', undefined],
  ])('%s', (path, methods) => {
    expect(table.methodsOf(path)).toEqual(methods);
  });

  it('rewrites lookups and absolute targets only', () => {
    expect(
      ['/groups/?a=/groups/', '/groups/x/', 'http://h:1/x?y', 'http://h', '*'].map(routedTarget),
    ).toEqual(['/groups/.h5path?a=/groups/', '/groups/x/', '/x?y', '/', '/*']);
  });
});

describe('hrefs', () => {
  const text = (hrefs: { rel: string; href: string }[]) =>
    hrefs.map(({ rel, href }) => `${rel} ${href}`);

  it('echo the domain parameter as given, the parent with its bucket', () => {
    const hrefs = new Hrefs('http://h', { domainParam: 'hdf5://home/a b.h5' });
    expect(text(hrefs.domain('g-1', 'main/home'))).toEqual([
      'self http://h/?domain=hdf5://home/a b.h5',
      'database http://h/datasets?domain=hdf5://home/a b.h5',
      'groupbase http://h/groups?domain=hdf5://home/a b.h5',
      'typebase http://h/datatypes?domain=hdf5://home/a b.h5',
      'root http://h/groups/g-1?domain=hdf5://home/a b.h5',
      'acls http://h/acls?domain=hdf5://home/a b.h5',
      'parent http://h/?domain=main/home',
    ]);
    expect(text(new Hrefs('http://h', { domainParam: '/home' }).folder(undefined))).toEqual([
      'self http://h/?domain=/home',
      'domains http://h/domains?domain=/home/',
      'acls http://h/acls?domain=/home',
    ]);
  });

  it('have no query when the domain came by header, and add the preview', () => {
    const hrefs = new Hrefs('', {});
    expect(text(hrefs.dataset('d-1', 'g-1', { preview: '[0:5]' }))).toEqual([
      'self http://127.0.0.1/datasets/d-1',
      'root http://127.0.0.1/groups/g-1',
      'home http://127.0.0.1/',
      'attributes http://127.0.0.1/datasets/d-1/attributes',
      'preview http://127.0.0.1/datasets/d-1/value?select=[0:5]',
    ]);
    expect(new Hrefs('x', { hostParam: 'h' }).url('/y', { extra: 'a=b' })).toBe('x/y?host=h&a=b');
  });

  it('list the relations of every answer in order', () => {
    const hrefs = new Hrefs('', {});
    const rels = (list: { rel: string }[]) => list.map(({ rel }) => rel).join(' ');
    const target = { collection: 'datasets', id: 'd-1' } as const;
    expect([
      rels(hrefs.byPath('g', 'b/p')),
      rels(hrefs.acls(undefined)),
      rels(hrefs.collection('groups', 'g')),
      rels(hrefs.group('g', 'r')),
      rels(hrefs.link('g', 't', target)),
      rels(hrefs.attribute('datasets', 'd', 'n')),
      rels(hrefs.datasetPart('d', 'type', 'g')),
      rels(hrefs.value('d', 'g')),
    ]).toEqual([
      'self database groupbase typebase root home acls parent',
      'self home owner',
      'self root home',
      'self links root home attributes',
      'self home owner target',
      'self home owner',
      'self owner root',
      'self root home owner',
    ]);
  });
});
