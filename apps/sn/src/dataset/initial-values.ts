import { Injectable } from '@nestjs/common';
import {
  decodeBase64,
  dimsOf,
  encodeJsonValue,
  HdfError,
  spaceElementCount,
  wrapElements,
  type DatasetDocument,
  type JsonMap,
} from '#hdf5';
import { DataNodes } from '#dn-client';
import type { ObjectScope } from '../object-scope.js';
import type { NewObject } from '../object/object.creator.js';
import { datasetFacts } from '../value/dataset-facts.js';
import { ValueWriter } from '../value/value.writer.js';
import type { DatasetForm } from './dataset.params.js';

/** Values that come with a new dataset. */
@Injectable()
export class InitialValues {
  constructor(
    private readonly nodes: DataNodes,
    private readonly writer: ValueWriter,
  ) {}

  /**
   * Checks the `value` of a creation item (base64 text with `encoding`) against the dataset.
   *
   * @returns how to write it and how to take it back; nothing when there is none
   * @throws HdfError `invalid` when it does not fit
   */
  plan(
    scope: ObjectScope,
    item: JsonMap,
    { form, document }: { readonly form: DatasetForm; readonly document: DatasetDocument },
  ): Pick<NewObject, 'fill' | 'unfill'> {
    const value = item.get('value') ?? null;
    if (value === null) return {};
    const { type, space } = form;
    if (space.class === 'null') throw new HdfError('invalid', 'value: a null space has none');
    const isBase64 = (item.get('encoding') ?? '') !== '';
    if (isBase64 && typeof value !== 'string') {
      throw new HdfError('invalid', 'value: expected base64 text');
    }
    const count = spaceElementCount(space);
    const elements =
      isBase64 && typeof value === 'string'
        ? wrapElements(type, decodeBase64(value), count)
        : encodeJsonValue(type, dimsOf(space), value);
    if (count === 0) return {};
    const facts = datasetFacts(scope.domain.bucket, document);
    const { bucket, spec } = facts;
    return {
      fill: () => this.writer.whole(facts, elements, scope.call),
      unfill: async () => {
        await this.nodes.callEvery('chunk.trim', { bucket, spec, cut: null }, scope.call);
      },
    };
  }
}
