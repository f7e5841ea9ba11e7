import type { RouteNote, RouteNotes } from '#server';
import { ANY, byName, INTEGER, list, object, ref, TEXT } from './schemas.js';

const TAKEN = { 409: 'The title is taken' };
const VIEW = ['h5path', 'getalias', 'include_attrs'];

/** One new object, or a list of them. */
function creation(what: string, more: Record<string, object>): RouteNote {
  const item = { allOf: [ref('NewObject'), object(more as Record<string, typeof ANY>)] };
  const made = ref(what);
  return {
    summary: `Creates a ${what.toLowerCase()}, or several in one list: all of them or none`,
    query: ['implicit'],
    body: { oneOf: [item, list(item)] },
    answer: { oneOf: [made, object({ objects: list(made) }, ['objects'])] },
    failures: TAKEN,
  };
}

function byPath(what: string, query: readonly string[]): RouteNote {
  return { summary: `A ${what.toLowerCase()} by its path`, query, answer: ref(what) };
}

const LINKS = { links: byName(ref('NewLink')) };
const VALUE = { value: ref('Value'), encoding: { enum: ['base64'] } };

/** Groups, committed datatypes, and datasets but for their values. */
export const OBJECT_NOTES: RouteNotes = {
  'POST /groups': creation('Group', LINKS),
  'POST /datatypes': creation('Datatype', { type: ref('Type') }),
  'POST /datasets': creation('Dataset', {
    type: ref('Type'),
    shape: ref('NewShape'),
    maxdims: ANY,
    creationProperties: ref('CreationProperties'),
    ...VALUE,
  }),
  'GET /groups/': byPath('Group', ['h5path', 'getalias', 'include_attrs', 'include_links']),
  'GET /datatypes/': byPath('Datatype', [...VIEW, 'grpid']),
  'GET /datasets/': byPath('Dataset', [...VIEW, 'grpid', 'verbose', 'ignore_nan']),
  'GET /groups/{id}': {
    summary: 'A group',
    query: [...VIEW, 'include_links', 'CreateOrder'],
    answer: ref('Group'),
  },
  'GET /datatypes/{id}': { summary: 'A datatype', query: VIEW, answer: ref('Datatype') },
  'GET /datasets/{id}': {
    summary: 'A dataset, without its values',
    query: [...VIEW, 'verbose', 'ignore_nan'],
    answer: ref('Dataset'),
  },
  'GET /datasets/{id}/type': {
    summary: 'The type of a dataset',
    answer: object({ type: ref('Type'), hrefs: ref('Hrefs') }, ['type']),
  },
  'GET /datasets/{id}/shape': {
    summary: 'The dataspace of a dataset',
    answer: object({ shape: ref('Shape'), hrefs: ref('Hrefs') }, ['shape']),
  },
  'PUT /datasets/{id}/shape': {
    summary: 'Resizes a dataset, to a shape or by some rows',
    body: object({ shape: ref('NewShape'), extend: INTEGER, extend_dim: INTEGER }),
    answer: object({ selection: TEXT }),
    failures: { 409: 'An extent would be greater than its maximum' },
  },
  'DELETE /groups/{id}': { summary: 'Deletes a group; what is in it stays' },
  'DELETE /datatypes/{id}': { summary: 'Deletes a datatype; copies of it stay' },
  'DELETE /datasets/{id}': { summary: 'Deletes a dataset with its values' },
};
