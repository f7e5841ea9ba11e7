import { HdfError } from '../errors.js';
import type { FileBytes } from './file-bytes.js';

/** Something that a version 1 B-tree's leaves point to. */
export interface TreeEntry {
  readonly key: Uint8Array;
  readonly child: number;
}

const DEPTH_MAX = 32;

/** The entries of the leaves of a version 1 B-tree, in order. @throws HdfError `corrupt` */
export async function* treeEntries(
  file: FileBytes,
  address: number,
  keyBytes: number,
  depth = 0,
): AsyncGenerator<TreeEntry> {
  if (depth > DEPTH_MAX) throw new HdfError('corrupt', 'a B-tree of the HDF5 file never ends');
  const { address: width } = file.widths;
  const headBytes = 8 + 2 * width;
  const head = (await file.at(address, headBytes)).signature('TREE');
  head.skip(1);
  const level = head.uint(1);
  const count = head.uint(2);
  const entries = await file.at(address + headBytes, count * (keyBytes + width));
  for (let index = 0; index < count; index += 1) {
    const key = entries.take(keyBytes);
    const child = entries.requiredAddress();
    if (level === 0) yield { key, child };
    else yield* treeEntries(file, child, keyBytes, depth + 1);
  }
}
