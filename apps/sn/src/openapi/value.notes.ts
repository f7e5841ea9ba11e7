import type { RouteNotes } from '#server';
import { ANY, INTEGER, list, object, ref, TEXT } from './schemas.js';

const SELECTION = { select: ANY, start: ANY, stop: ANY, step: ANY, points: { type: 'array' } };
const ANSWER = object({ value: ref('Value'), hrefs: ref('Hrefs') }, ['value']);
const TOO_LARGE = { 413: 'The answer would be larger than `max_request_size`' };
const CHANGED = object({
  value: ref('Value'),
  index: list(INTEGER),
  indices: list(list(INTEGER)),
  hrefs: ref('Hrefs'),
});

/** Elements of datasets. */
export const VALUE_NOTES: RouteNotes = {
  'GET /datasets/{id}/value': {
    summary: 'A selection of elements, or those that satisfy a query',
    query: ['select', 'fields', 'query', 'Limit', 'reduce_dim', 'ignore_nan', 'nonstrict'],
    answer: ANSWER,
    bytesOut: 'The selected elements, packed, in C order',
    failures: TOO_LARGE,
  },
  'POST /datasets/{id}/value': {
    summary: 'Elements at points, or of a selection too long for a URL',
    query: ['select', 'fields', 'ignore_nan'],
    body: object({ ...SELECTION, fields: TEXT, query: TEXT }),
    bytesIn: 'Points, unsigned 64-bit little-endian coordinates, one point after the other',
    answer: ANSWER,
    bytesOut: 'The elements, packed, in the order asked',
    failures: TOO_LARGE,
  },
  'PUT /datasets/{id}/value': {
    summary: 'Writes a selection, points, appended rows, or what a query finds',
    query: ['select', 'fields', 'query', 'Limit', 'append', 'append_dim', 'element_count'],
    body: object({
      ...SELECTION,
      value: ref('Value'),
      value_base64: TEXT,
      fields: TEXT,
      append: INTEGER,
      append_dim: INTEGER,
      element_count: INTEGER,
      query: TEXT,
      Limit: INTEGER,
    }),
    bytesIn: 'The elements, packed, in C order',
    answer: CHANGED,
    bytesOut: 'With a query: what was changed',
    failures: { 409: 'The dataset can not be extended that far' },
  },
};
