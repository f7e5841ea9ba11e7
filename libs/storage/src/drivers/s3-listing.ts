import {
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { compareKeys, foldKey } from '../key-order.js';
import type { ListedObject, ListOptions, ListPage } from '../object-store.js';

/** The most that S3 lists at once. */
const PAGE_MAX = 1000;
/** Sorts after everything that may follow a folder's name. */
const LAST = '\u{10FFFF}';

/** One page; asks again while a store's page holds nothing that counts. */
export async function listBucket(
  client: S3Client,
  bucket: string,
  options: ListOptions & { limit: number },
): Promise<ListPage> {
  const { prefix, after = '', folders = false, signal } = options;
  // Stores differ in whether a folder itself counts as listed: start behind what is in it.
  const isFolder = after.endsWith('/') && after.startsWith(prefix) && after !== prefix;
  const start = folders && isFolder && foldKey(after, prefix) === after ? after + LAST : after;
  let token: string | undefined;
  for (;;) {
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      MaxKeys: Math.min(options.limit, PAGE_MAX),
      // Keys may hold characters that XML cannot.
      EncodingType: 'url',
      ...(folders ? { Delimiter: '/' } : {}),
      ...(start === '' ? {} : { StartAfter: start }),
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    const answer = await client.send(command, signal === undefined ? {} : { abortSignal: signal });
    const page = pageOf(answer, after);
    token = answer.NextContinuationToken;
    if (page.objects.length + page.prefixes.length > 0) return page;
    if (!page.truncated || token === undefined) return { ...page, truncated: false };
  }
}

function pageOf(answer: ListObjectsV2CommandOutput, after: string): ListPage {
  const decode = (text: string | undefined) => {
    if (answer.EncodingType !== 'url' || text === undefined) return text ?? '';
    return decodeURIComponent(text.replaceAll('+', ' '));
  };
  const objects: ListedObject[] = (answer.Contents ?? []).map((found) => ({
    key: decode(found.Key),
    etag: found.ETag ?? '',
    size: found.Size ?? 0,
    lastModified: (found.LastModified?.getTime() ?? 0) / 1000,
  }));
  const prefixes = (answer.CommonPrefixes ?? []).map((found) => decode(found.Prefix));
  return {
    objects: objects.filter(({ key }) => compareKeys(key, after) > 0),
    prefixes: prefixes.filter((folder) => compareKeys(folder, after) > 0),
    truncated: answer.IsTruncated === true,
  };
}
