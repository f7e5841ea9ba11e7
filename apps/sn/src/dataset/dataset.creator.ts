import { Injectable } from '@nestjs/common';
import type { DatasetDocument, JsonMap, JsonOut } from '#hdf5';
import { ServerRuntime, type RequestContext } from '#server';
import { inParallel, REQUEST_WIDTH } from '../in-parallel.js';
import { parseCreationBody } from '../object/creation.params.js';
import { CreationService } from '../object/creation.service.js';
import type { NewObject } from '../object/object.creator.js';
import { scopeOf, type ObjectScope } from '../object-scope.js';
import { parseDatasetForm, type DatasetForm } from './dataset.params.js';
import { DatasetReferences } from './dataset-references.js';
import { InitialValues } from './initial-values.js';

/** Creates datasets. */
@Injectable()
export class DatasetCreator {
  constructor(
    private readonly references: DatasetReferences,
    private readonly creation: CreationService,
    private readonly values: InitialValues,
    private readonly runtime: ServerRuntime,
  ) {}

  /** `POST /datasets`. */
  async create(context: RequestContext): Promise<JsonOut> {
    const scope = scopeOf(context);
    const now = this.creation.now();
    const items = parseCreationBody(context.body);
    const types = await this.references.types(scope, items);
    const objects = await inParallel(items, REQUEST_WIDTH, (item) => {
      const form = parseDatasetForm(item, types, this.runtime.config);
      return this.newDataset(scope, { item, form, now });
    });
    return this.creation.create(context, scope, { objects, now });
  }

  private async newDataset(
    scope: ObjectScope,
    { item, form, now }: { item: JsonMap; form: DatasetForm; now: number },
  ): Promise<NewObject> {
    const { common, placement } = await this.creation.common(scope, item, {
      collection: 'datasets',
      now,
    });
    if (form.chunkTable !== undefined)
      await this.references.checkTable(scope, form, form.chunkTable);
    const document: DatasetDocument = {
      kind: 'dataset',
      ...common,
      type: form.typeJson,
      shape: form.shape,
      creationProperties: form.creationProperties,
      ...(form.layout === undefined ? {} : { layout: form.layout }),
    };
    return { document, placement, ...this.values.plan(scope, item, { form, document }) };
  }
}
