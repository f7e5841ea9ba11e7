import type { DatasetDocument } from '#hdf5';
import type { Surroundings } from './lives.js';
import type { SimSn } from './sim-sn.js';

/** Elements of a region when it is whole: two chunks. */
const WHOLE = 6;

/** A dataset that only one client knows, and what must be read of it; its length is the extent. */
interface Region {
  readonly dataset: DatasetDocument;
  values: readonly number[];
}

/** Clients that write, shrink and extend datasets: what grows again must show the fill value. */
export class Regions {
  private readonly regions = new Map<number, Region>();
  private value = 0;

  constructor(private readonly around: Surroundings) {}

  /** One step of a client. A dataset with an unanswered change is never touched again. */
  async step(client: number, sn: SimSn): Promise<void> {
    const region = this.regions.get(client) ?? (await this.begin(sn));
    if (region === null) return;
    this.regions.delete(client);
    if (await this.go(region, sn)) this.regions.set(client, region);
  }

  private async begin(sn: SimSn): Promise<Region | null> {
    const { objects, client, timed } = this.around;
    const dataset = objects.newDataset(WHOLE);
    const done = await timed(sn, (name) => client.createObject(sn, name, dataset));
    return done === null ? null : { dataset, values: new Array<number>(WHOLE).fill(0) };
  }

  /** @returns whether everything about the region is certain still */
  private async go(region: Region, sn: SimSn): Promise<boolean> {
    const { random, client, timed, violation } = this.around;
    const { dataset, values } = region;
    const what = random.next();
    if (what < 0.4) {
      const found = await timed(sn, (name) => client.readAll(sn, name, dataset, values.length));
      if (found === null || found.join() === values.join()) return true;
      violation(`${dataset.id} reads ${found.join()} instead of ${values.join()}`);
      return false;
    }
    if (what < 0.7 && values.length > 0) {
      region.values = values.map(() => (this.value += 1));
      const { values: written } = region;
      return isDone(timed(sn, (name) => client.writeAll(sn, name, dataset, written)));
    }
    const extent = values.length < WHOLE ? WHOLE : random.below(WHOLE);
    const kept = values.slice(0, extent);
    region.values = [...kept, ...new Array<number>(extent - kept.length).fill(0)];
    return isDone(timed(sn, (name) => client.resize(sn, name, dataset, extent)));
  }
}

async function isDone(call: Promise<unknown>): Promise<boolean> {
  return (await call) !== null;
}
