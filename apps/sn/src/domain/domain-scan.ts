import { Injectable } from '@nestjs/common';
import { isJsonMap, jsonNumber, type Json } from '#hdf5';
import { DataNodes, type CallContext } from '#dn-client';

/** Figures of one dataset in the last scan; sizes in bytes, time in Unix seconds. */
export interface DatasetFigures {
  readonly numChunks: number;
  readonly allocatedBytes: number;
  readonly lastModified: number;
}

/** Reads the figures that background scans leave for every domain. */
@Injectable()
export class DomainScan {
  constructor(private readonly nodes: DataNodes) {}

  /** The scan document; null before the first scan. */
  async read(bucket: string, root: string, call: CallContext): Promise<Json> {
    const { info } = await this.nodes.call('root.scan', { bucket, root, force: false }, call);
    return info;
  }
}

/** What a scan says of a dataset: zeros when it does not list it. */
export function datasetFigures(info: Json, datasetId: string): DatasetFigures {
  const datasets = isJsonMap(info) ? info.get('datasets') : undefined;
  const entry = isJsonMap(datasets) ? datasets.get(datasetId) : undefined;
  const figure = (key: string) => (isJsonMap(entry) ? (jsonNumber(entry.get(key)) ?? 0) : 0);
  return {
    numChunks: figure('num_chunks'),
    allocatedBytes: figure('allocated_bytes'),
    lastModified: figure('lastModified'),
  };
}
