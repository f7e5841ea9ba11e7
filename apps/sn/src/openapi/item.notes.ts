import type { RouteNote, RouteNotes } from '#server';
import { byName, list, object, ref, TEXT } from './schemas.js';

const WRITTEN = { 200: 'All of it was there already', 201: 'Something is new' };
const DIFFERS = { 409: 'One exists and is another' };
const WINDOW = ['CreateOrder', 'Limit', 'Marker', 'pattern', 'follow_links'];
const DATA = ['IncludeData', 'encoding', 'max_data_size', 'ignore_nan'];

/** One list, or a list by object. */
function lists(name: string, item: string) {
  const one = list(ref(item));
  return object({ [name]: { oneOf: [one, byName(one)] }, hrefs: ref('Hrefs') }, [name]);
}

/** Names of one object, of several, or of each its own. */
function names(ids: string, key: string) {
  const texts = list(TEXT);
  return object({ [key]: texts, [ids]: { oneOf: [list(ref('Id')), byName(texts)] } });
}

/** Items for one object, for several, or for each its own. */
function items(ids: string, key: string, item: string) {
  const one = byName(ref(item));
  const each = byName(object({ [key]: one }));
  return object({ [key]: one, [ids]: { oneOf: [list(ref('Id')), each] } });
}

const LINK = object({ link: ref('Link'), hrefs: ref('Hrefs') }, ['link']);
const HREFS = object({ hrefs: ref('Hrefs') });

/** Links of groups. */
export const LINK_NOTES: RouteNotes = {
  'GET /groups/{id}/links': {
    summary: 'The links of a group',
    query: WINDOW,
    answer: lists('links', 'Link'),
  },
  'POST /groups/{id}/links': {
    summary: 'Reads several links, perhaps of several groups',
    query: WINDOW,
    body: names('grp_ids', 'titles'),
    answer: lists('links', 'Link'),
  },
  'PUT /groups/{id}/links': {
    summary: 'Creates several links, perhaps in several groups: all of them or none',
    body: items('grp_ids', 'links', 'NewLink'),
    statuses: WRITTEN,
    failures: DIFFERS,
  },
  'DELETE /groups/{id}/links': {
    summary: 'Deletes several links; those that do not exist are no matter',
    query: ['titles', 'separator'],
  },
  'GET /groups/{id}/links/{title}': { summary: 'One link', answer: LINK },
  'PUT /groups/{id}/links/{title}': {
    summary: 'Creates a link',
    body: ref('NewLink'),
    answer: HREFS,
    statuses: WRITTEN,
    failures: DIFFERS,
  },
  'DELETE /groups/{id}/links/{title}': { summary: 'Deletes a link, if there is one' },
};

const VALUE = object({ value: ref('Value'), encoding: { enum: ['base64'] }, hrefs: ref('Hrefs') });

const ATTRIBUTE_ROUTES: Readonly<Record<string, RouteNote>> = {
  'GET attributes': {
    summary: 'The attributes of an object',
    query: [...WINDOW, ...DATA],
    answer: lists('attributes', 'Attribute'),
  },
  'POST attributes': {
    summary: 'Reads several attributes, perhaps of several objects',
    query: DATA,
    body: names('obj_ids', 'attr_names'),
    answer: lists('attributes', 'Attribute'),
  },
  'PUT attributes': {
    summary: 'Writes several attributes, perhaps of several objects: all of them or none',
    query: ['replace'],
    body: items('obj_ids', 'attributes', 'NewAttribute'),
    statuses: WRITTEN,
    failures: DIFFERS,
  },
  'DELETE attributes': {
    summary: 'Deletes several attributes; those that do not exist are no matter',
    query: ['attr_names', 'separator', 'encoding'],
    answer: HREFS,
  },
  'GET attributes/{name}': { summary: 'One attribute', query: DATA, answer: ref('Attribute') },
  'PUT attributes/{name}': {
    summary: 'Writes an attribute',
    query: ['replace'],
    body: ref('NewAttribute'),
    statuses: WRITTEN,
    failures: DIFFERS,
  },
  'DELETE attributes/{name}': { summary: 'Deletes an attribute, if there is one' },
  'GET attributes/{name}/value': {
    summary: 'The value of an attribute',
    query: ['encoding', 'ignore_nan'],
    answer: VALUE,
    bytesOut: 'The elements, packed',
  },
  'PUT attributes/{name}/value': {
    summary: 'Changes the value of an attribute; type and shape stay',
    body: VALUE,
    bytesIn: 'All elements, packed',
  },
};

/** Attributes of all three kinds of objects. */
export const ATTRIBUTE_NOTES: RouteNotes = Object.fromEntries(
  ['groups', 'datasets', 'datatypes'].flatMap((owner) =>
    Object.entries(ATTRIBUTE_ROUTES).map(([name, note]) => [
      name.replace(' ', ` /${owner}/{id}/`),
      note,
    ]),
  ),
);
