import { Injectable } from '@nestjs/common';
import { isJsonMap, isSchemaV1, jsonNumber, type Json } from '#hdf5';
import { DataNodes, type CallContext } from '#dn-client';
import { ServerRuntime } from '#server';

/** Figures of one dataset in the last scan; sizes in bytes, time in Unix seconds. */
export interface DatasetFigures {
  readonly numChunks: number;
  readonly allocatedBytes: number;
  readonly lastModified: number;
}

/** Listing a domain of more objects than this takes seconds; its figures may be a little old. */
const LARGE_DOMAIN_OBJECTS = 20_000;
/** How old the figures of a large domain may be, seconds. */
const LARGE_DOMAIN_AGE_S = 60;

/** Reads the figures of a domain, and counts anew when it changed since they were made. */
@Injectable()
export class DomainScan {
  constructor(
    private readonly nodes: DataNodes,
    private readonly runtime: ServerRuntime,
  ) {}

  /** The scan document, which agrees with what is stored; null for domains that are not scanned. */
  async read(bucket: string, root: string, call: CallContext): Promise<Json> {
    if (isSchemaV1(root)) return null;
    const target = { bucket, root };
    const [{ info }, changes] = await Promise.all([
      this.nodes.call('root.scan', { ...target, force: false }, call),
      this.nodes.callEvery('root.lastChange', target, call),
    ]);
    const changedAt = Math.max(...changes.map(({ at }) => at));
    if (this.isFresh(info, changedAt)) return info;
    await this.nodes.callEvery('root.flush', target, call);
    const scanned = await this.nodes.call('root.scan', { ...target, force: true }, call);
    return scanned.info;
  }

  private isFresh(info: Json, changedAt: number): boolean {
    if (!isJsonMap(info)) return false;
    const figure = (key: string) => jsonNumber(info.get(key)) ?? 0;
    const scannedAt = figure('scan_start');
    if (scannedAt > changedAt) return true;
    const objects = figure('num_chunks') + figure('num_groups');
    const age = this.runtime.clock.now() / 1000 - scannedAt;
    return objects > LARGE_DOMAIN_OBJECTS && age < LARGE_DOMAIN_AGE_S;
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
