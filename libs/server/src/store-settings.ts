/** The object store that the configuration names, by HSDS's order: disk, S3. */
import { resolve } from 'node:path';
import { HdfError } from '#hdf5';
import type { DriverSettings, StoreSettings } from '#storage';
import { s3Credentials } from './s3-keys.js';
import type { Config } from './config/keys.js';

/**
 * @throws HdfError `invalid` when no store is configured, `unsupported` for Azure
 */
export function storeSettings(config: Config): StoreSettings {
  return {
    driver: driverSettings(config),
    limit: { concurrency: config.aio_max_pool_connections },
  };
}

function driverSettings(config: Config): DriverSettings {
  if (config.root_dir !== null && config.root_dir !== '') {
    return { driver: 'file', root: resolve(config.root_dir) };
  }
  if (config.aws_s3_gateway !== null) return s3Settings(config, config.aws_s3_gateway);
  if (config.azure_connection_string !== null) {
    throw new HdfError('unsupported', 'azure_connection_string: Azure storage is not supported');
  }
  throw new HdfError(
    'invalid',
    'no object store: set root_dir (a folder) or aws_s3_gateway (an S3 endpoint)',
  );
}

function s3Settings(config: Config, gateway: string): DriverSettings {
  const amazon = /^https?:\/\/[^/]*\.amazonaws\.com\/?$/.test(gateway);
  return {
    driver: 's3',
    region: config.aws_region,
    ...(amazon ? {} : { endpoint: gateway, pathStyle: config.s3_force_path_style }),
    credentials: s3Credentials(config),
    connections: config.aio_max_pool_connections,
  };
}
