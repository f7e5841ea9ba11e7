import type { RouteNotes } from '#server';
import { ANY, FLAG, INTEGER, list, object, ref, TEXT, byName } from './schemas.js';

const LISTING = object({ domains: list(ref('ListedDomain')), hrefs: ref('Hrefs') }, ['domains']);
const WINDOW = ['Limit', 'Marker', 'pattern', 'query', 'verbose'];
const BY_PATH = [
  ...['parent_id', 'include_links', 'include_attrs', 'follow_soft_links'],
  ...['follow_external_links', 'ignore_nan'],
];
const collection = (name: string) => ({
  summary: `Ids of the ${name} that hard links reach`,
  query: ['Limit', 'Marker'],
  answer: object({ [name]: list(ref('Id')), hrefs: ref('Hrefs') }, [name]),
});

/** `/`, `/domains`, `/acls` and the collections. */
export const DOMAIN_NOTES: RouteNotes = {
  'GET /': {
    summary: 'A domain or folder; with h5path an object of it; without a domain the top level',
    query: [...WINDOW, 'getdnids', 'getobjs', 'h5path', ...BY_PATH],
    answer: { anyOf: [ref('Domain'), ref('AnyObject'), LISTING] },
  },
  'POST /': {
    summary: 'Objects by several paths',
    query: BY_PATH,
    body: object({ h5paths: list(TEXT) }, ['h5paths']),
    answer: object({ h5paths: byName(ref('AnyObject')) }, ['h5paths']),
  },
  'PUT /': {
    summary: 'Creates a domain or folder, or flushes and scans one',
    query: ['flush', 'rescan', 'getdnids'],
    body: object({
      folder: FLAG,
      owner: TEXT,
      group: object({ creationProperties: ANY }),
      linked_domain: TEXT,
      linked_bucket: TEXT,
      root_id: ref('Id'),
      flush: ANY,
      rescan: ANY,
      getdnids: ANY,
    }),
    answer: ref('Domain'),
    statuses: { 200: 'Flushed, with `dn_ids`', 201: 'Created', 204: 'Flushed or scanned' },
    failures: {
      404: 'The parent folder, or what is flushed, does not exist',
      409: 'The path or the root id is taken',
      410: 'The parent folder, or what is flushed, was deleted',
    },
  },
  'DELETE /': {
    summary: 'Deletes a domain with its objects, or an empty folder',
    query: ['keep_root', 'meta_only'],
    body: object({ keep_root: ANY, meta_only: ANY }),
    answer: { type: ['null', 'object'] },
    failures: {
      404: 'There is no such domain',
      409: 'The folder has sub-items',
      410: 'It was deleted before',
    },
  },
  'GET /domains': {
    summary: 'What is directly below a folder',
    query: WINDOW,
    answer: LISTING,
    failures: { 404: 'The folder does not exist' },
  },
  'GET /acls': {
    summary: 'The ACL of a domain or folder',
    answer: object({ acls: list(ref('Acl')), hrefs: ref('Hrefs') }, ['acls']),
  },
  'GET /acls/{user}': {
    summary: 'One entry of the ACL',
    answer: object({ acl: ref('Acl'), hrefs: ref('Hrefs') }, ['acl']),
  },
  'PUT /acls/{user}': {
    summary: 'Makes an entry of the ACL, or changes what the body names',
    body: ref('Permissions'),
  },
  'GET /groups': collection('groups'),
  'GET /datasets': collection('datasets'),
  'GET /datatypes': collection('datatypes'),
};

const ABOUT = object({
  start_time: INTEGER,
  state: TEXT,
  hsds_version: TEXT,
  name: TEXT,
  greeting: TEXT,
  about: TEXT,
  node_count: INTEGER,
  dn_urls: list(TEXT),
  dn_ids: list(TEXT),
  username: TEXT,
  isadmin: FLAG,
});
const HEALTH = object({ status: { enum: ['ok', 'error'] }, info: ANY, error: ANY, details: ANY });
const health = (summary: string) => ({
  summary,
  answer: HEALTH,
  failures: { 503: 'Not so; the body is JSON and says why' },
});

/** What the service says of itself. */
export const SERVICE_NOTES: RouteNotes = {
  'GET /about': { summary: 'What this service is, and who calls', answer: ABOUT },
  'HEAD /about': { summary: 'As GET, without the body' },
  'GET /info': { summary: 'Figures of this node', answer: byName(ANY) },
  'HEAD /info': { summary: 'As GET, without the body' },
  'GET /metrics': { summary: 'Metrics of this node', answerType: 'text/plain' },
  'GET /health': health('Everything about this node, with its place in the cluster'),
  'GET /health/live': health('Whether the process works; if not, restart it'),
  'GET /health/startup': health('Whether the start is over'),
  'GET /health/ready': health('Whether new requests are welcome'),
  'GET /openapi.json': { summary: 'This document', answer: byName(ANY) },
};
