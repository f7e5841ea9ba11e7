/** What the OpenAPI document says of this service's routes beyond their decorators. */
import type { ApiNotes } from '#server';
import { DOMAIN_NOTES, SERVICE_NOTES } from './domain.notes.js';
import { ATTRIBUTE_NOTES, LINK_NOTES } from './item.notes.js';
import { OBJECT_NOTES } from './object.notes.js';
import { PARAMETERS, PATH_PARAMETERS } from './parameters.js';
import { SCHEMAS } from './schemas.js';
import { VALUE_NOTES } from './value.notes.js';

const DESCRIPTION = [
  'HDF5 over HTTP: domains, groups, links, attributes, datatypes and datasets.',
  'JSON answers may hold the bare tokens NaN, Infinity and -Infinity, and integers of 64 bits.',
  'Failures are one line of text, which is also the reason phrase.',
].join(' ');

/** @param version of this service */
export function apiNotes(version: string): ApiNotes {
  return {
    title: 'HDF REST API',
    version,
    description: DESCRIPTION,
    routes: {
      ...DOMAIN_NOTES,
      ...SERVICE_NOTES,
      ...OBJECT_NOTES,
      ...LINK_NOTES,
      ...ATTRIBUTE_NOTES,
      ...VALUE_NOTES,
    },
    parameters: PARAMETERS,
    pathParameters: PATH_PARAMETERS,
    schemas: SCHEMAS,
  };
}
