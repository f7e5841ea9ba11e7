/** Where the S3 keys come from: an ini file that may be rotated, settings, or the AWS chain. */
import { readFile } from 'node:fs/promises';
import { HdfError } from '#hdf5';
import type { S3Keys, S3StoreOptions } from '#storage';
import type { Config } from './config/keys.js';

/** HSDS's word for a key that is not set. */
const UNSET = 'xxx';

/** The credentials that the configuration names. */
export function s3Credentials(config: Config): S3StoreOptions['credentials'] {
  const { s3_credentials_file: file } = config;
  if (config.aws_s3_no_sign_request) return 'anonymous';
  if (file !== null && file !== '') {
    return async () => parseCredentialsFile(await readFile(file, 'utf8'), file);
  }
  const accessKeyId = config.aws_access_key_id;
  const secretAccessKey = config.aws_secret_access_key;
  if ([accessKeyId, secretAccessKey].some((key) => key === UNSET || key === '')) return 'default';
  const token = config.aws_session_token;
  return { accessKeyId, secretAccessKey, ...(token === null ? {} : { sessionToken: token }) };
}

/**
 * The first profile of an AWS credentials file.
 *
 * @throws HdfError `invalid` that names what is missing, never a value
 */
export function parseCredentialsFile(text: string, name: string): S3Keys {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [key = '', ...rest] = line.split('=');
    const value = rest.join('=').trim();
    if (value !== '' && !values.has(key.trim())) values.set(key.trim(), value);
  }
  const accessKeyId = values.get('aws_access_key_id');
  const secretAccessKey = values.get('aws_secret_access_key');
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const expected = 'aws_access_key_id and aws_secret_access_key';
    throw new HdfError('invalid', `${name}: expected lines ${expected}`);
  }
  const token = values.get('aws_session_token');
  return { accessKeyId, secretAccessKey, ...(token === undefined ? {} : { sessionToken: token }) };
}
