import { extractFields, selectFields, type Datatype, type Elements } from '#hdf5';

/** Elements cut to the fields that a request wants. */
export interface Projection {
  readonly type: Datatype;
  readonly project: (elements: Elements) => Elements;
}

/** @throws HdfError `invalid` when the type is no compound or lacks a field */
export function projectionOf(type: Datatype, fields: readonly string[] | undefined): Projection {
  if (fields === undefined) return { type, project: (elements) => elements };
  return {
    type: selectFields(type, fields),
    project: (elements) => extractFields(type, fields, elements),
  };
}
