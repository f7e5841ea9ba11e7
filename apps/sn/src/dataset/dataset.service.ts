import { Injectable } from '@nestjs/common';
import {
  chunkSpecOf,
  defined,
  grownRegion,
  HdfError,
  parseShapeChange,
  parseStoredShape,
  type DatasetDocument,
  type JsonOut,
} from '#hdf5';
import { DataNodes, resizeDataset } from '#dn-client';
import { Hrefs, ServerRuntime, type RequestContext } from '#server';
import { shapeJson } from '../object/object-json.js';
import { scopeOf } from '../object-scope.js';

/** Resizes and deletes datasets, and shows their types and shapes. */
@Injectable()
export class DatasetService {
  constructor(
    private readonly nodes: DataNodes,
    private readonly runtime: ServerRuntime,
  ) {}

  /** `GET /datasets/{id}/type` and `/shape`. */
  readPart(context: RequestContext, part: 'type' | 'shape'): JsonOut {
    const document = datasetOf(context);
    const { id, root, created, lastModified } = document;
    const hrefs = new Hrefs(this.runtime.config.hsds_endpoint, context);
    const own = hrefs.datasetPart(id, part, root);
    if (part === 'type') return { type: document.type, hrefs: own };
    const shape = shapeJson(document.shape, this.runtime.config.api_dialect);
    return { shape, hrefs: own, created, lastModified };
  }

  /**
   * `PUT /datasets/{id}/shape`: what lies outside the new extent is gone for good.
   *
   * @returns `selection` of the new region when exactly one dimension grew and none shrank
   * @throws HdfError `conflict` beyond `maxdims`; `invalid`
   */
  async resize(context: RequestContext): Promise<JsonOut> {
    const change = parseShapeChange(context.body);
    const document = datasetOf(context);
    const { domain, call } = scopeOf(context);
    const { bucket } = domain;
    const request = { bucket, spec: chunkSpecOf(document), change };
    const { before, after } = await resizeDataset(this.nodes, request, call);
    const selection = grownRegion(before, after);
    return { selection };
  }

  /** Its chunks first: a document that is gone could not tell of them. */
  async remove(context: RequestContext): Promise<void> {
    const { domain, call } = scopeOf(context);
    const { bucket } = domain;
    const document = datasetOf(context);
    const { id } = document;
    if (parseStoredShape(document.shape).class !== 'null') {
      const spec = chunkSpecOf(document);
      await this.nodes.callEvery('chunk.trim', { bucket, spec, cut: null }, call);
    }
    await this.nodes.call('object.delete', { bucket, id }, call);
  }
}

function datasetOf(context: RequestContext): DatasetDocument {
  const { document } = defined(context.object, 'dataset of the request');
  if (document.kind === 'dataset') return document;
  throw new HdfError('invalid', `expected a dataset, found the ${document.kind} ${document.id}`);
}
