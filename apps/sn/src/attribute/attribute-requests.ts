import type { FastifyRequest } from 'fastify';
import { HdfError, parseJson } from '#hdf5';
import { readBody, type RequestContext } from '#server';
import { requireMap } from '../body-fields.js';
import type { NewValue } from './attribute-value.service.js';

/** @throws HdfError `invalid` unless the object of the request is a group */
export function requireGroup({ object }: RequestContext): void {
  if (object?.document.kind === 'group') return;
  throw new HdfError('invalid', 'follow_links: expected a group');
}

/**
 * The body of `PUT …/value`: JSON, or the bytes of the elements.
 *
 * @param bytesMax bound on the body
 * @throws HdfError `invalid` for another Content-Type or no body, `too-large`
 */
export async function readNewValue(request: FastifyRequest, bytesMax: number): Promise<NewValue> {
  const type = request.headers['content-type'] ?? 'application/json';
  const isBinary = type.includes('application/octet-stream');
  if (!isBinary && !type.includes('application/json')) {
    throw new HdfError('invalid', `Unknown content_type: ${type}`);
  }
  const bytes = await readBody(request, bytesMax);
  if (bytes === undefined) throw new HdfError('invalid', 'expected a body, found none');
  return isBinary ? { bytes } : { json: requireMap(parseJson(bytes), 'body') };
}
