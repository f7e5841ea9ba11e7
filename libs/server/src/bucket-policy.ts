import { HdfError } from '#hdf5';
import type { Config } from './config/keys.js';
import type { DomainSettings } from './domain.js';

/** @throws HdfError `forbidden` for a bucket other than the default one when that is not allowed */
export function checkBucketPolicy(
  bucket: string,
  access: 'read' | 'write',
  config: Pick<Config, 'bucket_name' | 'allow_any_bucket_read' | 'allow_any_bucket_write'>,
): void {
  if (bucket === config.bucket_name) return;
  const allowed = access === 'read' ? config.allow_any_bucket_read : config.allow_any_bucket_write;
  if (!allowed) throw new HdfError('forbidden', `${access} of bucket ${bucket} is not allowed`);
}

/** How domains are parsed under a configuration: default bucket, the driver's schemes. */
export function domainSettings(config: Pick<Config, 'bucket_name' | 'root_dir'>): DomainSettings {
  return {
    defaultBucket: config.bucket_name,
    schemes: config.root_dir === null ? ['s3'] : ['file'],
  };
}
