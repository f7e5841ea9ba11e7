import { describeApi, itHere, type Api } from '../kit/api.js';
import { compound, F64, I32, type TestFile } from '../kit/file.js';

const BUCKET = 'hsdstest';

describeApi('what is stored', (api) => {
  let file: TestFile;

  beforeEach(async () => {
    file = await api.file();
  });

  const prefix = () => `db/${file.root.slice(2, 19)}/`;

  itHere(
    '[3/12.2] [3/12.3] [3/12.7] [1/15.2] objects are under their keys after a flush',
    async () => {
      const g = await file.group('g');
      const d = await file.filled(I32, [2], [1, 2], { h5path: 'd' });
      const t = await file.datatype(F64, { h5path: 't' });
      expect(await keysBelow(api, `${file.path.slice(1)}/`)).toEqual([
        `${file.path.slice(1)}/.domain.json`,
      ]);
      await file.put('/?flush=1', 'null');
      expect(await keysBelow(api, prefix())).toEqual(
        [
          '.group.json',
          `d/${d.slice(20)}/.dataset.json`,
          `d/${d.slice(20)}/0`,
          `g/${g.slice(20)}/.group.json`,
          `t/${t.slice(20)}/.datatype.json`,
        ].map((key) => prefix() + key),
      );
      const domain = await stored(api, `${file.path.slice(1)}/.domain.json`);
      expect(domain).toMatchObject({ root: file.root, owner: 'test_user1' });
      const group = await stored(api, `${prefix()}.group.json`);
      expect(group).toMatchObject({
        id: file.root,
        root: file.root,
        links: { g: { class: 'H5L_TYPE_HARD', id: g } },
        attributes: {},
      });
      const chunk = await api.service.opened.store.get({
        bucket: BUCKET,
        key: `${prefix()}d/${d.slice(20)}/0`,
      });
      expect(chunk).toMatchObject({ size: 8 });
    },
  );

  itHere('[1/15.3] [3/14.2] rescan stores its document', async () => {
    await file.put('/?flush=1&rescan=1', 'null');
    const info = await stored(api, `${prefix()}.info.json`);
    expect(info).toMatchObject({ num_groups: 1, bucket: BUCKET, datasets: {} });
  });

  itHere('[1/15.4] [3/14.3] nothing is left of a deleted domain', async () => {
    await file.filled(I32, [2], [1, 2], { h5path: 'd' });
    await file.put('/?flush=1', 'null');
    expect((await file.delete('/')).status).toBe(200);
    for (let tries = 0; tries < 200; tries++) {
      if ((await keysBelow(api, prefix())).length === 0) break;
      await api.request('GET', '/about');
    }
    expect(await keysBelow(api, prefix())).toEqual([]);
    expect(await keysBelow(api, `${file.path.slice(1)}/`)).toEqual([]);
  });

  itHere('[3/14.3] [2/11.5] nothing is left of a deleted dataset', async () => {
    const d = await file.filled(I32, [2], [1, 2], { h5path: 'd' });
    await file.put('/?flush=1', 'null');
    await file.delete(`/datasets/${d}`);
    await file.put('/?flush=1', 'null');
    const below = `${prefix()}d/${d.slice(20)}/`;
    for (let tries = 0; tries < 200; tries++) {
      if ((await keysBelow(api, below)).length === 0) break;
      await api.request('GET', '/about');
    }
    expect(await keysBelow(api, below)).toEqual([]);
  });

  itHere(
    '[3/9.4] [3/9.9] [3/9.8] chunks are by their index, and only the written ones',
    async () => {
      const layout = { class: 'H5D_CHUNKED', dims: [2, 5] };
      const id = await file.dataset(I32, [4, 10], { creationProperties: { layout } });
      await file.write(id, [9, 9], { select: '[1:3,7]' });
      await file.put('/?flush=1', 'null');
      const below = `${prefix()}d/${id.slice(20)}/`;
      const keys = await keysBelow(api, below);
      expect(keys.map((key) => key.slice(below.length))).toEqual(['.dataset.json', '0_1', '1_1']);
      expect(await file.value(id, { select: '[1:3,6:9]' })).toEqual([
        [0, 9, 0],
        [0, 9, 0],
      ]);
    },
  );

  itHere('[2/3.3.5] [2/1.5.4] reasons are one line, and no reply has a statusCode', async () => {
    const bad = await file.post('/datasets', { type: { class: 'x\ny' } });
    expect([bad.status, bad.reason.includes('\n')]).toEqual([400, false]);
    for (const path of ['/', '/groups', `/groups/${file.root}`, '/domains', '/acls']) {
      expect((await file.get(path)).json).not.toHaveProperty('statusCode');
    }
  });

  itHere('[2/1.5.5] [4/21.3] unknown parameters are ignored everywhere', async () => {
    const query = { nosuch: 1, CreateOrder: 0, api_key: 'x', statusCode: 404 };
    for (const path of ['/', '/groups', `/groups/${file.root}`, '/domains', '/acls', '/about']) {
      expect([path, (await file.get(path, query)).status]).toEqual([path, 200]);
    }
  });

  itHere('[3/19.12] [4/21.3] what was deleted is 410, also when deleted again', async () => {
    const id = await file.dataset(I32, [1]);
    await file.delete(`/datasets/${id}`);
    expect((await file.delete(`/datasets/${id}`)).status).toBe(410);
    expect((await file.get(`/datasets/${id}/value`)).status).toBe(410);
  });

  itHere('[3/19.41] [3/19.50] array fields: fill values, and reduce_dim leaves them', async () => {
    const array = { class: 'H5T_ARRAY', dims: [1], base: I32 };
    const type = compound(['a', array], ['b', I32]);
    const fillValue = [[7], 8];
    const id = await file.dataset(type, [2, 1], { creationProperties: { fillValue } });
    expect(await file.value(id, { reduce_dim: 1 })).toEqual([
      [[7], 8],
      [[7], 8],
    ]);
    expect(await file.value(id, { fields: 'b' })).toEqual([[[8]], [[8]]]);
  });

  itHere('[3/19.33] null inside a list is 400', async () => {
    const id = await file.filled(
      F64,
      [2, 2],
      [
        [1, 2],
        [3, 4],
      ],
    );
    const reply = await file.put(`/datasets/${id}/value`, {
      value: [
        [1, null],
        [3, 4],
      ],
    });
    expect(reply.status).toBe(400);
    expect(await file.value(id)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describeApi(
  'small pages',
  (api) => {
    itHere('[3/19.16] [3/18.7] selections over many pages come whole and in order', async () => {
      const file = await api.file();
      const count = 60_000;
      const numbers = Int32Array.from({ length: count }, (_none, i) => i);
      const id = await file.dataset(I32, [2, count / 2]);
      const put = await file.put(`/datasets/${id}/value`, Buffer.from(numbers.buffer));
      expect(put.status).toBe(200);
      const accept = 'application/octet-stream';
      const query = { select: `[:,1:${count / 2}:3]` };
      const reply = await file.get(`/datasets/${id}/value`, query, { accept });
      const got = new Int32Array(Uint8Array.from(reply.bytes).buffer);
      const wanted = [0, 1].flatMap((row) =>
        Array.from({ length: count / 6 }, (_none, i) => (row * count) / 2 + 1 + 3 * i),
      );
      expect([...got]).toEqual(wanted);
    });
  },
  { max_request_size: 262_144, min_chunk_size: 4096, max_chunk_size: 8192 },
);

async function keysBelow(api: Api, prefix: string): Promise<string[]> {
  const page = await api.service.opened.store.list(BUCKET, { prefix });
  return page.objects.map(({ key }) => key);
}

async function stored(api: Api, key: string): Promise<unknown> {
  const found = await api.service.opened.store.get({ bucket: BUCKET, key });
  if (found === null || found === 'not-modified') throw new Error(`${key} is not stored`);
  return JSON.parse(Buffer.from(found.bytes).toString());
}
