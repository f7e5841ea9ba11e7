/** JSON Schemas of what the REST API takes and gives. */
import type { Schema } from '#server';

/** A reference to one of the components. */
export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** An object with these members, of which some must be there. */
export function object(properties: Record<string, Schema>, required: readonly string[] = []) {
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

/** A list of equal items. */
export function list(items: Schema): Schema {
  return { type: 'array', items };
}

/** An object with a value of one kind under any name. */
export function byName(values: Schema): Schema {
  return { type: 'object', additionalProperties: values };
}

export const TEXT: Schema = { type: 'string' };
export const INTEGER: Schema = { type: 'integer' };
export const FLAG: Schema = { type: 'boolean' };
export const TIME: Schema = { type: 'number', description: 'Unix seconds' };
/** Any JSON value. */
export const ANY: Schema = {};

const PERMISSIONS = {
  create: FLAG,
  read: FLAG,
  update: FLAG,
  delete: FLAG,
  readACL: FLAG,
  updateACL: FLAG,
};
const TIMES = { created: TIME, lastModified: TIME };
const DIMS = list({ type: 'integer', minimum: 0 });
const OBJECT = { id: ref('Id'), root: ref('Id'), ...TIMES, attributeCount: INTEGER };
const SHOWN = {
  attributes: byName(ref('Attribute')),
  domain: TEXT,
  alias: list(TEXT),
  hrefs: ref('Hrefs'),
};
const DOMAIN = {
  root: ref('Id'),
  class: { enum: ['domain', 'folder'] },
  owner: TEXT,
  ...TIMES,
  limits: byName(INTEGER),
  compressors: list(TEXT),
  version: TEXT,
  dn_ids: list(TEXT),
};
const FIGURES = [
  'num_groups num_datasets num_datatypes num_objects num_chunks num_linked_chunks',
  'allocated_bytes metadata_bytes linked_bytes total_size',
];
const COUNTS = Object.fromEntries(
  FIGURES.join(' ')
    .split(' ')
    .map((name) => [name, INTEGER]),
);

export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Failure: { type: 'string', description: '`<status>: <reason>`', examples: ['404: Not Found'] },
  Id: {
    type: 'string',
    pattern: '^[gdt]-[0-9a-f-]{36}$',
    description: 'Id of a group (g), dataset (d) or committed datatype (t)',
  },
  Hrefs: list(object({ rel: TEXT, href: TEXT }, ['rel', 'href'])),
  Type: {
    description: 'A predefined name, the id of a committed datatype, or a type by its class',
    oneOf: [TEXT, { ...object({ class: TEXT }, ['class']), additionalProperties: true }],
  },
  Shape: {
    description: 'A dataspace',
    ...object(
      { class: { enum: ['H5S_NULL', 'H5S_SCALAR', 'H5S_SIMPLE'] }, dims: DIMS, maxdims: DIMS },
      ['class'],
    ),
  },
  NewShape: {
    description: 'Extents, one extent, a class name, or a dataspace; absent: scalar',
    oneOf: [INTEGER, DIMS, { enum: ['H5S_NULL', 'H5S_SCALAR'] }, ref('Shape')],
  },
  Value: { description: 'An element, or nested lists of elements in C order' },
  Link: object(
    {
      title: TEXT,
      class: { enum: ['H5L_TYPE_HARD', 'H5L_TYPE_SOFT', 'H5L_TYPE_EXTERNAL'] },
      id: ref('Id'),
      collection: { enum: ['groups', 'datasets', 'datatypes'] },
      h5path: TEXT,
      h5domain: TEXT,
      file: TEXT,
      created: TIME,
      href: TEXT,
      target: TEXT,
    },
    ['class'],
  ),
  NewLink: {
    description: 'Hard by `id`, soft by `h5path`, external by `h5path` with `h5domain` or `file`',
    ...object({ id: ref('Id'), h5path: TEXT, h5domain: TEXT, file: TEXT, created: TIME }),
  },
  Attribute: object(
    {
      name: TEXT,
      type: ref('Type'),
      shape: ref('Shape'),
      value: ref('Value'),
      encoding: { enum: ['base64'] },
      ...TIMES,
      href: TEXT,
      hrefs: ref('Hrefs'),
    },
    ['type', 'shape'],
  ),
  NewAttribute: object(
    {
      type: ref('Type'),
      shape: ref('NewShape'),
      value: ref('Value'),
      encoding: { enum: ['base64'] },
      created: TIME,
    },
    ['type'],
  ),
  Group: object({
    ...OBJECT,
    linkCount: INTEGER,
    links: byName(ref('Link')),
    ...SHOWN,
    bucket: TEXT,
  }),
  Dataset: object({
    ...OBJECT,
    type: ref('Type'),
    shape: ref('Shape'),
    creationProperties: ref('CreationProperties'),
    layout: object({ class: TEXT, dims: DIMS, partition_count: INTEGER }),
    num_chunks: INTEGER,
    allocated_size: INTEGER,
    ...SHOWN,
  }),
  Datatype: object({ ...OBJECT, type: ref('Type'), ...SHOWN }),
  AnyObject: { anyOf: [ref('Group'), ref('Dataset'), ref('Datatype')] },
  CreationProperties: {
    ...object({ layout: ANY, filters: { type: 'array' }, fillValue: ANY, CreateOrder: ANY }),
    additionalProperties: true,
  },
  NewObject: object({
    id: ref('Id'),
    link: object({ id: ref('Id'), name: TEXT }, ['id', 'name']),
    h5path: TEXT,
    parent_id: ref('Id'),
    creationProperties: ANY,
    attributes: byName(ref('NewAttribute')),
  }),
  Domain: object({ ...DOMAIN, ...COUNTS, md5_sum: TEXT, scan_info: ANY, domain_objs: byName(ANY) }),
  ListedDomain: object({ ...DOMAIN, ...COUNTS, name: TEXT, hrefs: ref('Hrefs') }, ['name']),
  Permissions: object(PERMISSIONS),
  Acl: object({ userName: TEXT, ...PERMISSIONS, domain: TEXT }, ['userName']),
};
