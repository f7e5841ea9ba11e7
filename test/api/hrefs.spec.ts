import { describeApi } from '../kit/api.js';
import type { Plain } from '../kit/plain-json.js';
import { F64, I32, type TestFile } from '../kit/file.js';

describeApi('hrefs', (api) => {
  let file: TestFile;
  let group: string;
  let dataset: string;
  let datatype: string;

  beforeAll(async () => {
    file = await api.file();
    group = await file.group('g');
    dataset = await file.filled(I32, [2], [1, 2], { h5path: 'g/d' });
    datatype = await file.datatype(F64, { h5path: 'g/t' });
    await file.attribute(`groups/${group}`, 'a b', { type: I32, value: 1 });
  });

  /** The part after the base of each, with ids as words. */
  const shown = (hrefs: Plain | undefined) =>
    (hrefs as { rel: string; href: string }[]).map(({ rel, href }) => {
      const short = [group, dataset, datatype, file.root].reduce(
        (text, id, i) => text.replaceAll(id, ['G', 'D', 'T', 'R'][i] ?? ''),
        href.replace(api.base, '').replaceAll(file.path, 'DOMAIN'),
      );
      return `${rel} ${short}`;
    });

  it.each([
    ['/groups/G', ['self /groups/G', 'links /groups/G/links', 'root /groups/R', 'home /']],
    ['/groups/G/links', ['self /groups/G/links', 'home /', 'owner /groups/G']],
    ['/groups/G/links/d', ['self /groups/G/links/d', 'home /', 'owner /groups/G']],
    ['/groups/G/attributes', ['self /groups/G/attributes', 'home /', 'owner /groups/G']],
    ['/datasets/D', ['self /datasets/D', 'root /groups/R', 'home /']],
    ['/datasets/D/type', ['self /datasets/D/type', 'owner /datasets/D', 'root /groups/R']],
    ['/datasets/D/value', ['self /datasets/D/value', 'root /groups/R', 'home /']],
    ['/datatypes/T', ['self /datatypes/T', 'root /groups/R', 'home /']],
    ['/groups', ['self /groups', 'root /groups/R', 'home /']],
    ['/acls', ['self /acls', 'root /groups/R', 'home /', 'owner /']],
    ['/acls/test_user1', ['self /acls', 'root /groups/R', 'home /', 'owner /']],
  ])('[1/2.8] those of %s begin with %j', async (path, hrefs) => {
    const where = path.replace('G', group).replace('D', dataset).replace('T', datatype);
    const reply = await file.get(where);
    expect(shown(reply.at('hrefs')).slice(0, hrefs.length)).toEqual(hrefs);
  });

  it('[1/2.8] [2/1.3.5] the domain parameter is echoed, names are not escaped', async () => {
    const query = { domain: file.path };
    const path = `/groups/${group}/attributes/${encodeURIComponent('a b')}`;
    const reply = await api.request('GET', path, { query });
    expect(shown(reply.at('hrefs'))).toEqual([
      'self /groups/G/attributes/a b?domain=DOMAIN',
      'home /?domain=DOMAIN',
      'owner /groups/G?domain=DOMAIN',
    ]);
    const data = await api.request('GET', `/datasets/${dataset}`, { query });
    expect(shown(data.at('hrefs')).at(-1)).toBe('data /datasets/D/value?domain=DOMAIN');
    const big = await file.dataset(I32, [1000]);
    const preview = await api.request('GET', `/datasets/${big}`, { query });
    expect(preview.textAt('hrefs', 4, 'href')).toMatch(/\?domain=[^?]+&select=\[0:100\]$/);
  });

  it('[1/2.2.3] the parent is named with its bucket', async () => {
    const reply = await api.request('GET', '/', { query: { domain: `hdf5:/${file.path}` } });
    expect(reply.at('hrefs', 0, 'href')).toBe(`${api.base}/?domain=hdf5:/${file.path}`);
    expect(reply.at('hrefs', 6, 'href')).toBe(`${api.base}/?domain=hsdstest${api.folder}`);
  });
});
