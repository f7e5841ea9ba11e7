import { HdfError } from '../errors.js';
import { formatJson } from '../json/format.js';
import { parseJson } from '../json/parse.js';
import type { JsonMap } from '../json/json.js';
import { chunkSpecOf, parseChunkSpecText } from './chunk-spec-json.js';
import type { DatasetDocument } from './document.js';
import { formatDomainDocument, parseDomainDocument } from './domain-document.js';
import { formatObjectDocument, parseObjectDocument } from './object-document.js';

const failing = (kind: string) => expect.objectContaining({ kind }) as unknown as Error;

const ROOT = 'g-3f1a9c0b-7e2d4468-b792-1483f6-a5cce0';
const HEAD = `"root": "${ROOT}", "created": 1795330028.39, "lastModified": 1795330029.0`;
const PERMISSIONS = (granted: boolean) =>
  ['create', 'read', 'update', 'delete', 'readACL', 'updateACL']
    .map((name) => `"${name}": ${granted}`)
    .join(', ');
const INT = '{"class": "H5T_INTEGER", "base": "H5T_STD_I32LE"}';

const GROUP = `{"id": "${ROOT}", ${HEAD}, "links": {
  "dset": {"id": "d-3f1a9c0b-7e2d4468-51c0-9ab27d-e4f013", "class": "H5L_TYPE_HARD", "created": 1.5},
  "10": {"h5path": "/a/b", "class": "H5L_TYPE_SOFT", "created": 1795330030.0},
  "__proto__": {"h5path": "/x", "h5domain": "/home/ann/other.h5", "class": "H5L_TYPE_EXTERNAL", "created": 1.5}},
  "attributes": {"title": {"type": "?", "shape": {"class": "H5S_SCALAR"}, "value": 1.0, "created": 2.5},
    "raw": {"type": ${INT}, "shape": {"class": "H5S_SIMPLE", "dims": [1]}, "value": "/w==", "encoding": "base64",
    "created": 2.5}}, "creationProperties": "text", "future": [1, {"x": NaN}]}`;

const dataset = (members: string) =>
  `{"id": "d-3f1a9c0b-7e2d4468-51c0-9ab27d-e4f013", ${HEAD}, "type": ${INT}, ${members}}`;
const DATASET = dataset(
  `"shape": {"class": "H5S_SIMPLE", "dims": [4, 8], "maxdims": [4, 0]}, "attributes": {},
  "creationProperties": {"layout": {"class": "H5D_CHUNKED", "dims": [4, 8]}, "fillValue": 42,
    "filters": [{"class": "H5Z_FILTER_DEFLATE", "id": 1, "name": "gzip", "level": 6}], "x": 1},
  "layout": {"class": "H5D_CHUNKED", "dims": [4, 65536], "partition_count": 3}`,
);
const DATATYPE = `{"id": "t-3f1a9c0b-7e2d4468-77aa-0b0c0d-1e2f30", ${HEAD}, "type": ${INT}, "attributes": {}}`;
const DOMAIN = `{"root": "${ROOT}", "owner": "ann", "acls": {"ann": {${PERMISSIONS(true)}},
  "default": {${PERMISSIONS(false)}, "domain": "mybkt/home/ann"}},
  "created": 1795330028.38, "lastModified": 1795330028.38, "extra": {"a": 1}}`;

/** The text as HSDS spaces it. */
const normal = (text: string) => formatJson(parseJson(text));
const datasetOf = (text: string) =>
  parseObjectDocument('dataset', parseJson(text)) as DatasetDocument;

describe('stored objects', () => {
  it.each([
    ['group', GROUP],
    ['dataset', DATASET],
    ['datatype', DATATYPE],
  ] as const)('a %s is written as it was read', (kind, text) => {
    const document = parseObjectDocument(kind, parseJson(text));
    expect(formatJson(formatObjectDocument(document))).toBe(normal(text));
    expect(document.kind).toBe(kind);
  });

  it('keep names of every kind in order, unknown members apart', () => {
    const group = parseObjectDocument('group', parseJson(GROUP));
    expect(group.kind === 'group' && [...group.links.keys()]).toEqual(['dset', '10', '__proto__']);
    expect([...group.extra.keys()]).toEqual(['future']);
    expect(group).toMatchObject({ created: 1795330028.39, lastModified: 1795330029 });
  });

  it('may come from other versions', () => {
    const text = `{"id": "g-1", "root": "g-2", "links": {"x": {"h5path": "/x", "file": "o.h5"}}}`;
    expect(parseObjectDocument('group', parseJson(text))).toEqual({
      ...{ kind: 'group', id: 'g-1', root: 'g-2', created: 0, lastModified: 0 },
      links: new Map([
        ['x', { class: 'H5L_TYPE_EXTERNAL', h5path: '/x', h5domain: 'o.h5', created: 0 }],
      ]),
      ...{ attributes: new Map(), extra: new Map() },
    });
    const old = DATATYPE.replace(INT, '"H5T_STD_I32LE"');
    expect(parseObjectDocument('datatype', parseJson(old))).toMatchObject({ type: parseJson(INT) });
  });

  it.each([
    ['group', '[]'],
    ['group', '{"id": 5, "root": "g"}'],
    ['group', '{"id": "g", "root": "g", "links": {"x": {}}}'],
    ['group', '{"id": "g", "root": "g", "links": {"x": {"class": "H5L_TYPE_X", "id": "g"}}}'],
    ['group', '{"id": "g", "root": "g", "attributes": {"x": {"value": 1}}}'],
    ['dataset', dataset('"x": 1')],
    ['datatype', '{"id": "t", "root": "g"}'],
  ] as const)('that are damaged are refused: %s %s', (kind, text) => {
    expect(() => parseObjectDocument(kind, parseJson(text))).toThrow(failing('corrupt'));
  });
});

describe('stored domains', () => {
  it('are written as they were read', () => {
    const domain = parseDomainDocument(parseJson(DOMAIN));
    expect(formatJson(formatDomainDocument(domain))).toBe(normal(DOMAIN));
    expect(domain.acls.get('default')).toMatchObject({ domain: 'mybkt/home/ann' });
  });

  it('are folders without a root', () => {
    const json = parseJson(DOMAIN) as JsonMap;
    json.delete('root');
    expect(parseDomainDocument(json).root).toBeUndefined();
    expect(formatJson(formatDomainDocument(parseDomainDocument(json)))).toBe(formatJson(json));
  });

  it.each(['5', '{"owner": "ann"}', '{"acls": {}}', '{"owner": "ann", "acls": {"x": 1}}'])(
    'that are damaged are refused: %s',
    (text) => {
      expect(() => parseDomainDocument(parseJson(text))).toThrow(failing('corrupt'));
    },
  );
});

describe('chunkSpecOf', () => {
  const withShape = (shape: string, properties: string, layout = '') =>
    chunkSpecOf(
      datasetOf(dataset(`"shape": ${shape}, "creationProperties": ${properties}${layout}`)),
    );
  const simple = (dims: string, maxdims?: string) =>
    `{"class": "H5S_SIMPLE", "dims": ${dims}${maxdims === undefined ? '' : `, "maxdims": ${maxdims}`}}`;

  it('has all that chunks depend on, and no more', () => {
    const spec = chunkSpecOf(datasetOf(DATASET));
    expect(spec).toEqual({
      text: spec.text,
      datasetId: 'd-3f1a9c0b-7e2d4468-51c0-9ab27d-e4f013',
      type: { class: 'integer', size: 4, signed: true, littleEndian: true },
      itemSize: 4,
      chunkDims: [4, 65536],
      filters: [{ class: 'H5Z_FILTER_DEFLATE', id: 1, name: 'gzip', level: 6 }],
      fill: { itemSize: 4, bytes: Uint8Array.of(42, 0, 0, 0) },
      partitionCount: 3,
    });
    expect(parseChunkSpecText(spec.text)).toEqual(spec);
    expect(chunkSpecOf(datasetOf(DATASET.replace('[4, 8], "max', '[4, 9], "max')))).toEqual(spec);
  });

  it('finds the partitions where HSDS 1.0 keeps them', () => {
    const layout = '{"class": "H5D_CHUNKED", "dims": [512], "partition_count": 123}';
    const spec = withShape(simple('[500]', '["H5S_UNLIMITED"]'), `{"layout": ${layout}}`);
    expect(spec).toMatchObject({ chunkDims: [512], partitionCount: 123 });
  });

  it.each([
    ['{"class": "H5S_SCALAR"}', '{}', [1]],
    [simple('[3, 4]'), '{"layout": {"class": "H5D_CONTIGUOUS"}}', [3, 4]],
    [simple('[3, 4]'), '{"layout": {"class": "H5D_CHUNKED", "dims": [2, 2]}}', [2, 2]],
    [simple('[0, 4]'), '{}', [1, 4]],
    [simple('[5]', '[0]'), '{}', [1024]],
    [simple('[5]', '["H5S_UNLIMITED"]'), '{}', [1024]],
    [simple('[5, 5]', '[0, 100000]'), '{}', [64, 12500]],
    [
      simple('[5000, 5000]'),
      '{"layout": {"class": "H5D_CONTIGUOUS_REF", "file_uri": "b/k", "offset": 8, "size": 1e8}}',
      null,
    ],
    [
      simple('[5000, 5000]'),
      '{"layout": {"class": "H5D_CONTIGUOUS_REF", "file_uri": "b/k", "offset": 8, "size": 9}}',
      [157, 5000],
    ],
  ])('completes a layout that is not stored: %s %s', (shape, properties, dims) => {
    if (dims === null) expect(() => withShape(shape, properties)).toThrow(failing('invalid'));
    else expect(withShape(shape, properties).chunkDims).toEqual(dims);
  });

  it('knows where the chunks of an HDF5 file are, but does not send it all along', () => {
    const layout = `"class": "H5D_CHUNKED_REF", "file_uri": "b/k", "dims": [2]`;
    const chunks = '{"0": [4016, 8], "1": [4024, 8]}';
    const stored = ', "layout": {"class": "H5D_CHUNKED", "dims": [2]}';
    const properties = `{"layout": {${layout}, "chunks": ${chunks}}, "initializer": ["arange"]}`;
    const spec = withShape(simple('[4]'), properties, stored);
    expect(spec.initializer).toEqual(['arange']);
    const places = new Map([
      ['0', [4016, 8]],
      ['1', [4024, 8]],
    ]);
    expect(spec.reference).toEqual({ class: 'H5D_CHUNKED_REF', fileUri: 'b/k', chunks: places });
    expect(parseChunkSpecText(spec.text)).toMatchObject({ reference: { chunks: new Map() } });
    const odd = properties.replace('[4016, 8]', '[4016]');
    expect(() => withShape(simple('[4]'), odd, stored)).toThrow(failing('invalid'));
  });

  it('knows the table of an indirect layout', () => {
    const layout = `{"class": "H5D_CHUNKED_REF_INDIRECT", "dims": [4], "hyper_dims": [2], "chunk_table": "d-x"}`;
    expect(withShape(simple('[8]'), `{"layout": ${layout}}`).reference).toEqual({
      class: 'H5D_CHUNKED_REF_INDIRECT',
      chunkTable: 'd-x',
      hyperDims: [2],
    });
  });

  it('refuses what has no chunks or is damaged', () => {
    expect(() => withShape('{"class": "H5S_NULL"}', '{}')).toThrow(failing('invalid'));
    expect(() => withShape(simple('[4]'), '{"fillValue": "x"}')).toThrow(failing('corrupt'));
    const odd = '{"layout": {"class": "H5D_CHUNKED", "dims": [2, 2]}}';
    expect(() => withShape(simple('[4]'), odd)).toThrow(failing('corrupt'));
    const texts = ['', '{}', '[]', '{"id": "d"}'];
    for (const text of texts) expect(() => parseChunkSpecText(text)).toThrow(HdfError);
  });
});
