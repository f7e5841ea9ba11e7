import { errorKind, HdfError, objectKey, kindOf, type ObjectDocument } from '#hdf5';
import type { CallContext, ItemError, ObjectRecord, ReplyOf, RequestOf } from '#dn-client';
import type { Handlers } from '../handlers.js';
import { isDeleted, writeOptions, type Documents } from './documents.js';
import { RESIZE_REPEATS, resizeDataset, TurnTaken } from './resize.js';
import type { ResizeTurns } from './resize-turns.js';

type ObjectOperation = 'object.read' | 'object.create' | 'object.delete' | 'dataset.resize';

/** Documents of a list request that are loaded at once. */
const PARALLEL_READS = 32;

/** The operations on whole objects. */
export function objectHandlers(
  documents: Documents,
  nowS: () => number,
  turns: ResizeTurns,
): Handlers<ObjectOperation> {
  return {
    'object.read': async ({ bucket, ids }) => ({
      objects: await inBatches(ids, (id) => readOne(documents, bucket, id)),
    }),

    'object.create': async (request, context) => {
      await createAll(documents, request, context);
      return {};
    },

    'object.delete': async ({ bucket, id }, context) => {
      if (await isDeleted(documents.object(bucket, id), context)) return {};
      await documents.cache.delete({ bucket, key: objectKey(id) });
      documents.tombstones.add(id);
      documents.noteChange(id);
      return {};
    },

    'dataset.resize': (request, context) => resize(documents, { turns, nowS }, request, context),
  };
}

async function resize(
  documents: Documents,
  { turns, nowS }: { turns: ResizeTurns; nowS: () => number },
  request: RequestOf<'dataset.resize'>,
  context: CallContext,
): Promise<ReplyOf<'dataset.resize'>> {
  const { id, change, done } = request;
  const asker = { requestId: context.requestId, ...(done === undefined ? {} : { done }) };
  const scene = { turns, asker, epoch: context.tag?.epoch ?? 0, now: nowS() };
  for (;;) {
    await turns.free(id, asker);
    try {
      const { reply } = await documents.changeObject(
        request,
        {
          apply: (document) => resizeDataset(document, change, scene),
          changed: ({ changed }) => changed,
          repeats: RESIZE_REPEATS,
        },
        context,
      );
      if (reply.cut === undefined && done !== undefined) turns.end(id, done);
      return reply;
    } catch (error) {
      if (!(error instanceof TurnTaken)) throw error;
    }
  }
}

async function readOne(
  documents: Documents,
  bucket: string,
  id: string,
): Promise<ObjectRecord | ItemError> {
  try {
    const document = await documents.object(bucket, id);
    const linkCount = document.kind === 'group' ? document.links.size : 0;
    return { document, linkCount, attributeCount: document.attributes.size };
  } catch (error) {
    const kind = errorKind(error);
    if (kind !== 'not-found' && kind !== 'gone') throw error;
    return { kind, message: error instanceof Error ? error.message : id };
  }
}

/** In request order; a few at a time, so that a long list does not flood the store. */
async function inBatches<I, O>(items: readonly I[], read: (item: I) => Promise<O>): Promise<O[]> {
  const results: O[] = [];
  for (let first = 0; first < items.length; first += PARALLEL_READS) {
    const batch = items.slice(first, first + PARALLEL_READS);
    results.push(...(await Promise.all(batch.map(read))));
  }
  return results;
}

async function createAll(
  documents: Documents,
  { bucket, documents: fresh }: RequestOf<'object.create'>,
  context: CallContext,
): Promise<void> {
  const settled = await Promise.allSettled(
    fresh.map((document) => createOne(documents, bucket, document, context)),
  );
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed === undefined) {
    for (const { id } of fresh) {
      documents.tombstones.clear(id);
      documents.noteChange(id);
    }
    return;
  }
  const undo = fresh.filter((_document, index) => settled[index]?.status === 'fulfilled');
  await Promise.all(undo.map(({ id }) => documents.cache.delete({ bucket, key: objectKey(id) })));
  throw failed.reason;
}

async function createOne(
  documents: Documents,
  bucket: string,
  document: ObjectDocument,
  context: CallContext,
): Promise<void> {
  const kind = kindOf(document.id);
  const address = { bucket, key: objectKey(document.id) };
  try {
    await documents.cache.create(address, kind, document, writeOptions(context));
  } catch (error) {
    if (errorKind(error) !== 'conflict') throw error;
    throw new HdfError('conflict', `object ${document.id} exists already`, { cause: error });
  }
}
