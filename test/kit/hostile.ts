/** Arbitrary requests that are almost right: good ones with one or two things spoilt. */
import fc from 'fast-check';
import type { Method } from './client.js';

export interface HostileRequest {
  readonly method: Method;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** JSON text, or bytes. */
  readonly body: string | Uint8Array | undefined;
  readonly accept: string;
}

type Tree = null | boolean | number | string | Tree[] | { [key: string]: Tree };

/** A good request to spoil. */
export interface Template {
  readonly method: Method;
  /** Segments; those in capitals stand for an id. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON, as `JSON.stringify` takes it. */
  readonly body?: unknown;
}

const TEXTS = [
  '',
  ' ',
  'x',
  '/',
  '..',
  '../..',
  '__proto__',
  'constructor',
  'a/b',
  'x'.repeat(3000),
  '\u0000',
  '\ud800',
  '数\u202e',
  '%',
  '%zz',
  '[0:1]',
  '[',
  '[[0,1],[2]]',
  '[0:99999999999999999999]',
  '[::0]',
  'H5S_NULL',
  'H5T_STD_I64BE',
  'g-',
  '-1',
  '1e999',
  '9223372036854775808',
  "b'",
  'a == ',
  '(((((a',
  '*[a-',
  '=base64=',
];

const NUMBERS = [-1, 0, 1, 1.5, 255, 2 ** 31, -(2 ** 31), 2 ** 53, 1e21, 1e308, -0];

/** What takes the place of something good; `ids` are ids of all kinds. */
function spoilt(ids: readonly string[]): fc.Arbitrary<Tree> {
  return fc.oneof(
    fc.constantFrom<Tree>(null, true, false, [], {}, [[]], [null], [{}], { a: 1 }),
    fc.constantFrom<Tree>(...NUMBERS),
    fc.constantFrom<Tree>(...TEXTS),
    fc.constantFrom<Tree>(...ids),
    fc.string().map((text): Tree => text),
    fc.array(fc.constantFrom<Tree>(...NUMBERS, ...ids, 'x', null), { maxLength: 4 }),
    fc.constantFrom<Tree>(nested(50), nested(600)),
  );
}

/** `[[[…]]]` */
function nested(depth: number): Tree {
  let tree: Tree = 1;
  for (let i = 0; i < depth; i++) tree = [tree];
  return tree;
}

/** Every position in a tree, as paths of keys. */
function positions(tree: Tree, prefix: string[] = []): string[][] {
  if (typeof tree !== 'object' || tree === null) return [prefix];
  const inner = Object.entries(tree).flatMap(([key, value]) => positions(value, [...prefix, key]));
  return [prefix, ...inner];
}

function replaced(tree: Tree, [key, ...rest]: string[], value: Tree): Tree {
  if (key === undefined) return value;
  if (Array.isArray(tree)) {
    return tree.map((item, i) => (String(i) === key ? replaced(item, rest, value) : item));
  }
  if (typeof tree !== 'object' || tree === null) return tree;
  return { ...tree, [key]: replaced(tree[key] ?? null, rest, value) };
}

/** Bodies near a good one, and some that are far from any. */
function bodies(template: Template, ids: readonly string[]): fc.Arbitrary<string | Uint8Array> {
  const good = (template.body ?? {}) as Tree;
  const near = fc
    .tuple(fc.constantFrom(...positions(good)), spoilt(ids))
    .map(([path, value]) => JSON.stringify(replaced(good, path, value)));
  const renamed = fc
    .tuple(fc.constantFrom(...ids), fc.constantFrom('ID', 'links', 'value', 'type'))
    .map(([id, word]) => JSON.stringify(good).replaceAll(word, id));
  const numbers = fc.constantFrom('NaN', 'Infinity', '-Infinity', '1e400', '123456789012345678901');
  const literal = numbers.map((text) => JSON.stringify(good).replace(/\d+/, text));
  return fc.oneof(
    { weight: 6, arbitrary: near },
    { weight: 1, arbitrary: renamed },
    { weight: 1, arbitrary: literal },
    { weight: 1, arbitrary: fc.string() },
    { weight: 1, arbitrary: fc.constantFrom('{', 'null', '[]', '""', '{"a":', '[1,]', '\ufeff{}') },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  );
}

/** Without lone surrogates, which no URL can carry. */
function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text;
}

/** Paths with ids of every kind in the place of the good one. */
function paths(template: Template, ids: readonly string[]): fc.Arbitrary<string> {
  const names = fc.constantFrom(...TEXTS.filter(isWellFormed), 'a', 'd');
  return fc
    .tuple(fc.constantFrom(...ids), names, fc.boolean())
    .map(([id, name, keep]) =>
      template.path
        .replace('ID', keep ? (ids[0] ?? '') : encodeURIComponent(id))
        .replace('NAME', encodeURIComponent(name)),
    );
}

const PARAMETERS = [
  ...['select', 'fields', 'query', 'Limit', 'Marker', 'pattern', 'CreateOrder', 'follow_links'],
  ...['IncludeData', 'encoding', 'max_data_size', 'ignore_nan', 'h5path', 'parent_id', 'grpid'],
  ...['getalias', 'include_attrs', 'include_links', 'titles', 'attr_names', 'separator'],
  ...['append', 'append_dim', 'element_count', 'implicit', 'replace', 'reduce_dim', 'verbose'],
  ...['follow_soft_links', 'follow_external_links', 'getobjs', 'bucket', 'keep_root'],
];

function queries(template: Template, ids: readonly string[]) {
  const value = fc.constantFrom(...TEXTS.filter(isWellFormed), ...ids, '1', '2');
  return fc
    .dictionary(fc.constantFrom(...PARAMETERS), value, { maxKeys: 3 })
    .map((more) => ({ ...template.query, ...more }));
}

/** Requests near the templates. @param ids the first one is the good one for `ID` in paths */
export function hostileRequest(
  templates: readonly Template[],
  ids: readonly string[],
): fc.Arbitrary<HostileRequest> {
  return fc.constantFrom(...templates).chain((template) =>
    fc.record({
      method: fc.constant(template.method),
      path: paths(template, ids),
      query: queries(template, ids),
      body: template.body === undefined ? fc.constant(undefined) : bodies(template, ids),
      accept: fc.constantFrom('*/*', 'application/octet-stream'),
    }),
  );
}
