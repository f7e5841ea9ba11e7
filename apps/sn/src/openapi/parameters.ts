/** Parameters of the REST API: what each means, on every route that takes it. */
import type { ParameterNote, Schema } from '#server';

const TEXT: Schema = { type: 'string' };
const COUNT: Schema = { type: 'integer', minimum: 0 };
const FLAG: Schema = { type: 'string', examples: ['1', '0', 'T'] };

function text(description: string, schema: Schema = TEXT): ParameterNote {
  return { description, schema };
}

/** Absent, empty, `0`, `false` and `F` are false; any other text is true. */
function flag(description: string): ParameterNote {
  return { description, schema: FLAG };
}

/** Parameters of the query string. */
export const PARAMETERS: Readonly<Record<string, ParameterNote>> = {
  domain: text('Path of the domain or folder; else the header `X-Hdf-domain`'),
  bucket: text('Bucket of the domain; else the header `X-Hdf-bucket`, else the default one'),
  verbose: flag('Add counts and sizes of the last scan'),
  getdnids: flag('Add `dn_ids`'),
  getobjs: flag('Add `domain_objs`: every reachable object, unless there are too many'),
  include_attrs: flag('Add `attributes`'),
  include_links: flag('Add `links` of groups'),
  h5path: text('Path of the object wanted'),
  parent_id: text('Group at which a relative path starts'),
  grpid: text('Group at which a relative path starts'),
  follow_soft_links: flag('Follow soft links of the path; else they are 400'),
  follow_external_links: flag('Follow external links of the path; else they are 400'),
  ignore_nan: flag('Write NaN and infinities as `null`'),
  Limit: text('At most this many; 0: all', COUNT),
  Marker: text('Begin after this item'),
  pattern: text('Glob on names: `?`, `[a-z]`, and at most one `*`'),
  query: text("Condition, such as `temp > 32 AND dir == b'N'`"),
  CreateOrder: flag('In the order of creation; else by name'),
  follow_links: flag('Of everything that hard links reach, by object id'),
  getalias: flag('Add `alias`: a path of the object'),
  implicit: flag('Make missing groups of `h5path`'),
  titles: text('Titles, joined by the separator'),
  attr_names: text('Names, joined by the separator'),
  separator: text('What joins names; `/` unless given'),
  encoding: text('`base64`: the value as bytes in base64', { enum: ['base64'] }),
  IncludeData: flag('With values'),
  max_data_size: text('Leave out values of more bytes', { type: 'integer' }),
  replace: flag('Change attributes that exist'),
  flush: flag('Wait until all that was written before is stored'),
  rescan: flag('Bring counts and sizes up to date'),
  keep_root: flag('Leave the objects: they have another name'),
  meta_only: flag('Accepted for the sake of HSDS; nothing is deleted'),
  select: text('Part of the dataspace: `[0:10:2,5,[1,4]]`'),
  fields: text('Fields of a compound type, joined by `:`'),
  reduce_dim: flag('Drop dimensions of extent 1 (JSON)'),
  nonstrict: flag('Accepted for the sake of HSDS'),
  append: text('Extend by this many rows and write them', COUNT),
  append_dim: text('Dimension to extend', COUNT),
  element_count: text('Elements in the body, repeated over the selection', COUNT),
};

/** Parameters in paths. */
export const PATH_PARAMETERS: Readonly<Record<string, ParameterNote>> = {
  id: text('Id of the object', { $ref: '#/components/schemas/Id' }),
  title: text('Title of a link, percent-encoded; no slash in it'),
  name: text('Name of an attribute, percent-encoded'),
  user: text('User, `default`, or `g:<group>`'),
};
