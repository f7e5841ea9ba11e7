// Reads groups, attributes, every dataset type and slices through the HSDS provider of the h5web
// viewer, as the viewer does: node read-all.mjs http://localhost:5101. Ends with a counting line.
import assert from 'node:assert/strict';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { buildBasicAuthHeader, createBasicFetcher, HsdsProvider, useDataContext } from '@h5web/app';
import { makeDomain } from './make-domain.mjs';

const endpoint = process.argv[2] ?? 'http://localhost:5101';
const login = { user: 'test_user1', password: 'test' };
const domain = '/home/test_user1/h5web.h5';

/** The stores that the viewer's components read from. */
function openStores() {
  let stores;
  const Probe = () => {
    stores = useDataContext();
    return null;
  };
  const fetcher = createBasicFetcher({ headers: buildBasicAuthHeader(login.user, login.password) });
  const props = { url: endpoint, filepath: domain, fetcher };
  renderToString(createElement(HsdsProvider, props, createElement(Probe)));
  return stores;
}

/** Waits as React's suspense does: a store throws the promise of what it does not have yet. */
async function settled(store, key) {
  for (;;) {
    try {
      return store.get(key);
    } catch (pending) {
      if (typeof pending?.then !== 'function') throw pending;
      await pending;
    }
  }
}

const results = { passed: 0, failed: 0 };
async function check(name, test) {
  try {
    await test();
    results.passed += 1;
  } catch (error) {
    results.failed += 1;
    console.error(`FAILED ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const expected = await makeDomain(endpoint, login, domain);
const { entitiesStore, valuesStore, attrValuesStore } = openStores();

await check('the root group lists its children in name order', async () => {
  const root = await settled(entitiesStore, '/');
  assert.equal(root.kind, 'group');
  assert.deepEqual(root.children.map(({ name }) => name).sort(), expected.children);
});

await check('attributes of the root have their values', async () => {
  const root = await settled(entitiesStore, '/');
  assert.deepEqual(root.attributes.map(({ name }) => name).sort(), ['count', 'title']);
  assert.deepEqual(await settled(attrValuesStore, root), { count: 42, title: 'sample' });
});

await check('soft and external links are shown as unresolved', async () => {
  for (const path of ['/soft', '/external']) {
    const root = await settled(entitiesStore, '/');
    const child = root.children.find(({ name }) => `/${name}` === path);
    assert.equal(child.kind, 'unresolved');
    assert.equal(typeof child.link.path, 'string');
  }
});

for (const { name, classes, value, shape, read: shown = value } of expected.datasets) {
  await check(`dataset ${name} has its type, shape and value`, async () => {
    const dataset = await settled(entitiesStore, `/${name}`);
    assert.equal(dataset.kind, 'dataset');
    assert.ok(classes.includes(dataset.type.class), `type class ${dataset.type.class}`);
    assert.deepEqual(dataset.shape.dims ?? null, shape);
    if (shown === undefined) return;
    const read = await settled(valuesStore, { dataset });
    const plain = ArrayBuffer.isView(read) ? [...read] : read;
    assert.deepEqual(plain, shown);
  });
}

await check('slices come as asked for', async () => {
  const dataset = await settled(entitiesStore, '/matrix');
  const read = await settled(valuesStore, { dataset, selection: '1,:' });
  const plain = ArrayBuffer.isView(read) ? [...read] : read;
  assert.deepEqual(plain, [4, 5, 6, 7]);
});

console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed === 0 ? 0 : 1);
