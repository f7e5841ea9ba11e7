import { HdfError } from '../errors.js';
import type { Cursor } from './cursor.js';
import type { FileBytes } from './file-bytes.js';
import { FractalHeap } from './fractal-heap.js';
import { MESSAGE, messageOf, readMessages } from './object-header.js';
import { treeEntries } from './tree-v1.js';
import { treeRecords } from './tree-v2.js';

const HARD = 0;
const LOCAL_HEAP_HEAD_BYTES = 64;

/**
 * The address of the object at a path of hard links.
 *
 * @throws HdfError `not-found`, `corrupt`, `unsupported`
 */
export async function findObject(file: FileBytes, root: number, path: string): Promise<number> {
  let address = root;
  for (const name of path.split('/').filter((part) => part !== '')) {
    const child = await childOf(file, address, name);
    if (child === undefined) throw new HdfError('not-found', `no ${path} in the HDF5 file`);
    address = child;
  }
  return address;
}

async function childOf(file: FileBytes, group: number, name: string): Promise<number | undefined> {
  const messages = await readMessages(file, group);
  const table = messageOf(messages, MESSAGE.symbolTable);
  if (table !== undefined) return inSymbolTable(file, table, name);
  for (const { type, body } of messages) {
    const link = type === MESSAGE.link ? readLink(body) : undefined;
    if (link?.name === name) return link.address;
  }
  const info = messageOf(messages, MESSAGE.linkInfo);
  return info === undefined ? undefined : inHeap(file, info, name);
}

/** Groups of the first format: a B-tree of symbol nodes, names in a heap. */
async function inSymbolTable(file: FileBytes, table: Cursor, name: string) {
  const tree = table.requiredAddress();
  const heap = (await file.at(table.requiredAddress(), LOCAL_HEAP_HEAD_BYTES)).signature('HEAP');
  heap.skip(4);
  const size = heap.length();
  heap.length();
  const names = await file.at(heap.requiredAddress(), size);
  const { address: width, length: keyBytes } = file.widths;
  for await (const { child } of treeEntries(file, tree, keyBytes)) {
    const node = (await file.at(child, 8)).signature('SNOD');
    node.skip(2);
    const count = node.uint(2);
    const entryBytes = 2 * width + 24;
    const entries = await file.at(child + 8, count * entryBytes);
    for (let index = 0; index < count; index += 1) {
      const entry = file.over(entries.take(entryBytes));
      if (names.textAt(entry.uint(width)) === name) return entry.requiredAddress();
    }
  }
  return undefined;
}

/** Groups with many links: a B-tree of ids, the links in a heap. */
async function inHeap(file: FileBytes, info: Cursor, name: string) {
  info.skip(1);
  if ((info.uint(1) & 1) !== 0) info.skip(8);
  const heapAddress = info.address();
  const tree = info.address();
  if (heapAddress === null || tree === null) return undefined;
  const heap = await FractalHeap.open(file, heapAddress);
  for await (const record of treeRecords(file, tree)) {
    // The hash of the name, then the id.
    record.skip(4);
    const link = readLink(await heap.object(record));
    if (link.name === name) return link.address;
  }
  return undefined;
}

/** A link; only hard ones have an address. */
function readLink(body: Cursor): { name: string; address: number | undefined } {
  body.skip(1);
  const flags = body.uint(1);
  const type = (flags & 0x08) !== 0 ? body.uint(1) : HARD;
  body.skip(((flags & 0x04) !== 0 ? 8 : 0) + ((flags & 0x10) !== 0 ? 1 : 0));
  const name = new TextDecoder().decode(body.take(body.uint(1 << (flags & 3))));
  return { name, address: type === HARD ? body.requiredAddress() : undefined };
}
