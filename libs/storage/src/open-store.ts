import { unreachable } from '#hdf5';
import { FileStore } from './drivers/file.js';
import { MemoryStore } from './drivers/memory.js';
import type { S3StoreOptions } from './drivers/s3.js';
import { LimitLayer, type LimitOptions } from './layers/limit.js';
import { MeterLayer } from './layers/meter.js';
import { RetryLayer, type RetryOptions } from './layers/retry.js';
import { TraceLayer } from './layers/trace.js';
import type { ObjectStore } from './object-store.js';
import type { Clock } from './runtime/clock.js';
import type { Random } from './runtime/random.js';
import type { Tracer } from './runtime/tracer.js';

/** Which driver, and what it needs. */
export type DriverSettings =
  | { readonly driver: 'memory' }
  | {
      readonly driver: 'file';
      /** Folder of the buckets. */
      readonly root: string;
      /** Refuse to share the folder with another process (embedded server). */
      readonly exclusive?: boolean;
      /** Keep objects' metadata; default true. */
      readonly metadata?: boolean;
    }
  | ({ readonly driver: 's3' } & S3StoreOptions);

/** A driver and its layers. */
export interface StoreSettings {
  readonly driver: DriverSettings;
  readonly retry?: RetryOptions;
  readonly limit?: LimitOptions;
}

/** A store, and the counts of what it is asked (each attempt of a retry counts). */
export interface OpenedStore {
  readonly store: ObjectStore;
  readonly meter: MeterLayer;
}

/** The world around a store. */
export interface StoreSources {
  readonly clock: Clock;
  readonly random: Random;
  /** Where there is one, each attempt of a call is a span. */
  readonly tracer?: Tracer | undefined;
}

/**
 * A driver inside its layers: retries outermost, then the bound on concurrency, then the counts,
 * then spans.
 *
 * @throws HdfError `conflict` when an exclusive folder is in use
 */
export async function openStore(
  settings: StoreSettings,
  sources: StoreSources,
): Promise<OpenedStore> {
  const driver = await openDriver(settings.driver, sources);
  const { tracer } = sources;
  const traced = tracer === undefined ? driver : new TraceLayer(driver, tracer);
  const meter = new MeterLayer(traced, sources.clock);
  const limited = new LimitLayer(meter, settings.limit);
  return { store: new RetryLayer(limited, sources, settings.retry), meter };
}

/** The one list of drivers. */
async function openDriver(
  settings: DriverSettings,
  sources: { clock: Clock; random: Random },
): Promise<ObjectStore> {
  switch (settings.driver) {
    case 'memory':
      return new MemoryStore(sources.clock);
    case 'file':
      return FileStore.open({ ...settings, ...sources });
    case 's3': {
      // The SDK costs 100 ms and 22 MB to load: only who uses it pays.
      const { S3Store } = await import('./drivers/s3.js');
      return new S3Store(settings, sources.clock);
    }
    default:
      return unreachable(settings);
  }
}
