import { HdfError, type JsonMap } from '#hdf5';
import type { RequestContext } from '#server';
import type { BinaryBody } from '../value/value.writer.js';
import type { NewValue } from './attribute-value.service.js';

/** @throws HdfError `invalid` unless the object of the request is a group */
export function requireGroup({ object }: RequestContext): void {
  if (object?.document.kind === 'group') return;
  throw new HdfError('invalid', 'follow_links: expected a group');
}

/** The body of a value request as the service takes it; bytes are read whole. */
export async function toNewValue(body: {
  readonly json: JsonMap | undefined;
  readonly binary: BinaryBody | undefined;
}): Promise<NewValue> {
  if (body.binary !== undefined) return { bytes: await body.binary.read() };
  return { json: body.json ?? new Map() };
}
