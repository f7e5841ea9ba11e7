import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { Clock } from '../runtime/clock.js';

/** How long keys from a provider are used before it is asked again. */
const KEYS_FRESH_MS = 60_000;

/** Access keys. */
export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface S3StoreOptions {
  /** URL of a store other than AWS; AWS hosts are better left out, for the regional endpoint. */
  readonly endpoint?: string;
  /** Default `us-east-1`, which most other stores accept. */
  readonly region?: string;
  /** Buckets as first part of the path instead of the host name; default with an endpoint. */
  readonly pathStyle?: boolean;
  /**
   * A function is asked again each minute, so that rotated secret files are re-read. `default`: the
   * AWS chain (environment, web identity, container, instance). `anonymous`: requests are not
   * signed.
   */
  readonly credentials: S3Keys | (() => Promise<S3Keys>) | 'default' | 'anonymous';
  /** Send ETags of conditional writes without quotes (Ceph RGW wants that). */
  readonly bareEtags?: boolean;
  /** Until the connection stands; default 3000 ms. */
  readonly connectTimeoutMs?: number;
  /** Until an answer begins, or between its parts; default 10000 ms. */
  readonly requestTimeoutMs?: number;
  /** Connections; default 128. */
  readonly connections?: number;
}

/** What the SDK is told: no retries of its own, and no checksums that other stores do not know. */
export function s3ClientConfig(options: S3StoreOptions, clock: Clock): S3ClientConfig {
  const { endpoint, pathStyle = endpoint !== undefined } = options;
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    region: options.region ?? 'us-east-1',
    forcePathStyle: pathStyle,
    // A retried conditional put would report a conflict with itself; retries are the layer's.
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: options.connectTimeoutMs ?? 3000,
      requestTimeout: options.requestTimeoutMs ?? 10_000,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: options.connections ?? 128, keepAlive: true },
      httpsAgent: { maxSockets: options.connections ?? 128, keepAlive: true },
    },
    ...credentialsOf(options, clock),
  };
}

function credentialsOf(
  { credentials }: S3StoreOptions,
  clock: Clock,
): Pick<S3ClientConfig, 'credentials' | 'signer'> {
  if (credentials === 'default') return {};
  if (credentials === 'anonymous') {
    return {
      credentials: { accessKeyId: '', secretAccessKey: '' },
      signer: { sign: (request) => Promise.resolve(request) },
    };
  }
  if (typeof credentials !== 'function') return { credentials };
  return { credentials: refreshed(credentials, clock) };
}

/** Keeps keys for a while; marked so that the SDK does not keep them for ever. */
function refreshed(read: () => Promise<S3Keys>, clock: Clock): () => Promise<S3Keys> {
  let kept: { keys: Promise<S3Keys>; atMs: number } | undefined;
  const provide = (): Promise<S3Keys> => {
    const nowMs = clock.monotonic();
    if (kept !== undefined && nowMs - kept.atMs < KEYS_FRESH_MS) return kept.keys;
    const mine = { keys: read(), atMs: nowMs };
    kept = mine;
    mine.keys.catch(() => {
      if (kept === mine) kept = undefined;
    });
    return mine.keys;
  };
  return Object.assign(provide, { memoized: true });
}
