/** Makes a domain with one dataset of every type, and tells what a reader must find. */

const I32 = { class: 'H5T_INTEGER', base: 'H5T_STD_I32LE' };
const F64 = { class: 'H5T_FLOAT', base: 'H5T_IEEE_F64LE' };
const fixed = (length) => ({
  class: 'H5T_STRING',
  charSet: 'H5T_CSET_ASCII',
  length,
  strPad: 'H5T_STR_NULLPAD',
});
const VSTR = {
  class: 'H5T_STRING',
  charSet: 'H5T_CSET_UTF8',
  length: 'H5T_VARIABLE',
  strPad: 'H5T_STR_NULLTERM',
};
const BOOL = {
  class: 'H5T_ENUM',
  base: { class: 'H5T_INTEGER', base: 'H5T_STD_I8LE' },
  mapping: { FALSE: 0, TRUE: 1 },
};
const field = (name, type) => ({ name, type });
const COMPLEX = { class: 'H5T_COMPOUND', fields: [field('r', F64), field('i', F64)] };

const INT = 'Integer';
const DATASETS = [
  {
    name: 'bool',
    type: BOOL,
    shape: [2],
    value: [true, false],
    classes: ['Boolean', 'Boolean (enum)'],
  },
  { name: 'complex', type: COMPLEX, shape: [1], value: [[1, -2]], classes: ['Complex'] },
  {
    name: 'compound',
    type: { class: 'H5T_COMPOUND', fields: [field('id', I32), field('tag', fixed(2))] },
    shape: [2],
    value: [
      [7, 'ab'],
      [8, 'c'],
    ],
    classes: ['Compound'],
  },
  {
    name: 'enum',
    type: { class: 'H5T_ENUM', base: I32, mapping: { RED: 1, GREEN: 2 } },
    shape: [2],
    value: [2, 1],
    classes: ['Enumeration'],
  },
  { name: 'fixed', type: fixed(5), shape: [2], value: ['hello', 'a'], classes: ['String'] },
  {
    name: 'float',
    type: F64,
    shape: [3],
    value: [1.5, NaN, Infinity],
    // The viewer keeps the tokens as text.
    read: [1.5, 'NaN', 'Infinity'],
    classes: ['Float'],
  },
  {
    name: 'long',
    type: { class: 'H5T_INTEGER', base: 'H5T_STD_I64LE' },
    shape: [2],
    value: [1, -2],
    classes: [INT, 'Integer (signed)'],
  },
  {
    name: 'matrix',
    type: { class: 'H5T_INTEGER', base: 'H5T_STD_U16BE' },
    shape: [3, 4],
    value: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    classes: [INT, 'Integer (unsigned)'],
  },
  { name: 'null', type: I32, shape: 'H5S_NULL', classes: [INT, 'Integer (signed)'] },
  { name: 'scalar', type: VSTR, shape: undefined, value: 'größe', classes: ['String'] },
  {
    name: 'sequence',
    type: { class: 'H5T_VLEN', base: I32 },
    shape: [2],
    value: [[1, 2, 3], [4]],
    classes: ['Array (variable length)'],
  },
];

/** JSON with the tokens that the API takes for what JSON has no numbers for. */
function apiJson(value) {
  if (Array.isArray(value)) return `[${value.map(apiJson).join(',')}]`;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return JSON.stringify(value);
}

function nested(values, shape) {
  if (shape === undefined || shape.length < 2) return values;
  const [, columns] = shape;
  return Array.from({ length: shape[0] }, (_none, row) =>
    values.slice(row * columns, (row + 1) * columns),
  );
}

/** @returns names of the root's children and what each dataset must read as */
export async function makeDomain(endpoint, { user, password }, domain) {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const query = `domain=${encodeURIComponent(domain)}`;
  const send = async (method, path, body) => {
    const answer = await fetch(`${endpoint}${path}?${query}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status > 201 && answer.status !== 404 && answer.status !== 410) {
      throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    }
    const text = await answer.text();
    return text.startsWith('{') ? JSON.parse(text) : {};
  };
  await send('DELETE', '/');
  const { root } = await send('PUT', '/');
  const json = JSON.stringify;
  await send('PUT', `/groups/${root}/attributes/count`, json({ type: I32, value: 42 }));
  await send('PUT', `/groups/${root}/attributes/title`, json({ type: VSTR, value: 'sample' }));
  await send('POST', '/groups', json({ link: { id: root, name: 'group' } }));
  await send('PUT', `/groups/${root}/links/soft`, json({ h5path: '/nowhere' }));
  const external = { h5path: '/x', h5domain: '/home/other.h5' };
  await send('PUT', `/groups/${root}/links/external`, json(external));
  await send('POST', '/datatypes', json({ type: I32, link: { id: root, name: 'committed' } }));
  for (const { name, type, shape, value } of DATASETS) {
    const { id } = await send('POST', '/datasets', json({ type, shape, link: { id: root, name } }));
    if (value === undefined) continue;
    const dims = Array.isArray(shape) ? shape : undefined;
    await send('PUT', `/datasets/${id}/value`, `{"value": ${apiJson(nested(value, dims))}}`);
  }
  const others = ['committed', 'external', 'group', 'soft'];
  return {
    children: [...DATASETS.map(({ name }) => name), ...others].sort(),
    datasets: DATASETS.map((dataset) => ({
      ...dataset,
      shape: Array.isArray(dataset.shape) ? dataset.shape : dataset.shape === undefined ? [] : null,
    })),
  };
}
