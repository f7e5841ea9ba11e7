import { HdfError } from '../errors.js';
import type { Cursor } from './cursor.js';
import type { FileBytes } from './file-bytes.js';

/** Signature, version, type and checksum of a node. */
const NODE_FRAME_BYTES = 10;

interface Shape {
  readonly nodeBytes: number;
  readonly recordBytes: number;
  /** Bytes of a child pointer by depth of the node that holds it. */
  readonly countBytes: number;
  readonly totalBytes: readonly number[];
}

/** All records of a version 2 B-tree, in order. @throws HdfError `corrupt` */
export async function* treeRecords(file: FileBytes, address: number): AsyncGenerator<Cursor> {
  const head = (await file.at(address, 64)).signature('BTHD');
  head.skip(2);
  const nodeBytes = head.uint(4);
  const recordBytes = head.uint(2);
  const depth = head.uint(2);
  head.skip(2);
  const root = head.address();
  const count = head.uint(2);
  if (root === null || count === 0) return;
  yield* node(file, shapeOf(file, { nodeBytes, recordBytes, depth }), { root, count, depth });
}

async function* node(
  file: FileBytes,
  shape: Shape,
  { root, count, depth }: { root: number; count: number; depth: number },
): AsyncGenerator<Cursor> {
  const cursor = (await file.at(root, shape.nodeBytes)).signature(depth === 0 ? 'BTLF' : 'BTIN');
  cursor.skip(2);
  const records: Cursor[] = [];
  for (let index = 0; index < count; index += 1) {
    records.push(file.over(cursor.take(shape.recordBytes)));
  }
  if (depth === 0) {
    yield* records;
    return;
  }
  for (let index = 0; index <= count; index += 1) {
    const child = cursor.requiredAddress();
    const own = cursor.uint(shape.countBytes);
    cursor.skip(shape.totalBytes[depth - 1] ?? 0);
    yield* node(file, shape, { root: child, count: own, depth: depth - 1 });
    const record = records[index];
    if (record !== undefined) yield record;
  }
}

/** How many bytes the counts in child pointers take follows from how many records fit. */
function shapeOf(
  file: FileBytes,
  { nodeBytes, recordBytes, depth }: { nodeBytes: number; recordBytes: number; depth: number },
): Shape {
  if (recordBytes === 0 || depth > 16) throw new HdfError('corrupt', 'a B-tree of the HDF5 file');
  const inLeaf = Math.floor((nodeBytes - NODE_FRAME_BYTES) / recordBytes);
  const countBytes = bytesFor(inLeaf);
  const totalBytes = [0];
  let total = inLeaf;
  for (let level = 1; level <= depth; level += 1) {
    const pointer = file.widths.address + countBytes + (totalBytes[level - 1] ?? 0);
    const fitting = Math.floor((nodeBytes - NODE_FRAME_BYTES - pointer) / (recordBytes + pointer));
    total = (fitting + 1) * total + fitting;
    totalBytes.push(bytesFor(total));
  }
  return { nodeBytes, recordBytes, countBytes, totalBytes };
}

function bytesFor(value: number): number {
  return Math.floor(Math.log2(Math.max(1, value)) / 8) + 1;
}
