import { HdfError } from '../errors.js';
import type { Cursor } from './cursor.js';
import type { FileBytes } from './file-bytes.js';

/** Signature, version and client before the header's address; the checksum behind. */
const PREFIX_BYTES = 6;
const CHECKSUM_BYTES = 4;
const LENGTHS = 6;

/** An element's bytes, with its place in the array. */
export interface ArrayElement {
  readonly index: number;
  readonly bytes: Cursor;
}

/** Sizes of an extensible array, from its header. */
interface Shape {
  readonly elementBytes: number;
  /** Bytes of an element's number in blocks. */
  readonly offsetBytes: number;
  readonly inIndexBlock: number;
  readonly inFirstBlock: number;
  readonly pageElements: number;
  /** Super blocks of the array, and the first that has a block of its own. */
  readonly superBlocks: number;
  readonly firstSuperBlock: number;
  /** Elements up to the last that was ever set. */
  readonly count: number;
}

/** Data blocks of one size, of which `index` is the first element. */
interface Group {
  readonly index: number;
  readonly blocks: number;
  readonly elements: number;
}

/** A data block, of which `index` is the first element; pages never made hold no elements. */
interface DataBlock extends Omit<Group, 'blocks'> {
  readonly isMade?: (page: number) => boolean;
}

/**
 * The elements of an extensible array: few in the index block, then in data blocks that grow, whose
 * addresses are in the index block at first and later in super blocks. Parts that were never made
 * are left out.
 *
 * @param needFew refuses too many elements
 * @throws HdfError `corrupt`, `unsupported`
 * @see HDF5 file format specification 3.0, VII.D
 */
export async function* arrayElements(
  file: FileBytes,
  address: number,
  needFew: (count: number) => number,
): AsyncGenerator<ArrayElement> {
  const { address: width, length } = file.widths;
  const headBytes = 12 + LENGTHS * length + width;
  const head = (await file.at(address, headBytes)).signature('EAHD');
  const shape = shapeOf(head);
  needFew(shape.count);
  const blockAddress = head.address();
  if (blockAddress === null) return;
  const direct = 2 * (2 ** (shape.firstSuperBlock / 2) - 1);
  const indirect = Math.max(0, shape.superBlocks - shape.firstSuperBlock);
  const block = await file.at(
    blockAddress,
    PREFIX_BYTES + width + shape.inIndexBlock * shape.elementBytes + (direct + indirect) * width,
  );
  block.signature('EAIB').skip(2 + width);
  yield* elementsOf(file, block, shape, { index: 0, count: shape.inIndexBlock });
  for (const [nth, group] of groups(shape).entries()) {
    if (nth >= shape.firstSuperBlock) {
      const at = block.address();
      if (at !== null) yield* superBlock(file, at, shape, group);
      continue;
    }
    for (let inGroup = 0; inGroup < group.blocks; inGroup += 1) {
      const at = block.address();
      const index = group.index + inGroup * group.elements;
      if (at !== null) yield* dataBlock(file, at, shape, { ...group, index });
    }
  }
}

function shapeOf(head: Cursor): Shape {
  head.skip(2);
  const elementBytes = head.uint(1);
  const bits = head.uint(1);
  const inIndexBlock = head.uint(1);
  const inFirstBlock = head.uint(1);
  const pointers = head.uint(1);
  const pageElements = 2 ** head.uint(1);
  for (let nth = 0; nth < LENGTHS - 2; nth += 1) head.length();
  const count = head.length();
  head.length();
  const firstBits = Math.log2(inFirstBlock);
  const pointerBits = Math.log2(pointers);
  const isWrong = [firstBits, pointerBits].some((value) => !Number.isInteger(value));
  if (isWrong || bits > 64 || bits < firstBits) {
    throw new HdfError('corrupt', 'an extensible array of the HDF5 file');
  }
  return {
    elementBytes,
    offsetBytes: Math.ceil(bits / 8),
    inIndexBlock,
    inFirstBlock,
    pageElements,
    superBlocks: 1 + bits - firstBits,
    firstSuperBlock: 2 * pointerBits,
    count,
  };
}

/** The data blocks of every super block that has elements in use. */
function groups({ superBlocks, inIndexBlock, inFirstBlock, count }: Shape): Group[] {
  const all: Group[] = [];
  let index = inIndexBlock;
  for (let nth = 0; nth < superBlocks && index < count; nth += 1) {
    const blocks = 2 ** Math.floor(nth / 2);
    const elements = inFirstBlock * 2 ** Math.ceil(nth / 2);
    all.push({ index, blocks, elements });
    index += blocks * elements;
  }
  return all;
}

/** Data blocks of one size: bits that say which of their pages were made, then their addresses. */
async function* superBlock(
  file: FileBytes,
  address: number,
  shape: Shape,
  group: Group,
): AsyncGenerator<ArrayElement> {
  const { address: width } = file.widths;
  const isPaged = group.elements > shape.pageElements;
  const madeBytes = isPaged ? Math.ceil(group.elements / shape.pageElements / 8) : 0;
  const frame = PREFIX_BYTES + width + shape.offsetBytes;
  const block = await file.at(address, frame + group.blocks * (madeBytes + width));
  block.signature('EASB').skip(frame - 4);
  const bits = block.take(group.blocks * madeBytes);
  // One bit a page, those of all blocks in a row.
  const isMade = (page: number) => ((bits[page >> 3] ?? 0) & (0x80 >> (page & 7))) !== 0;
  const pages = Math.ceil(group.elements / shape.pageElements);
  for (let nth = 0; nth < group.blocks; nth += 1) {
    const index = group.index + nth * group.elements;
    if (index >= shape.count) return;
    const at = block.address();
    if (at === null) continue;
    const isMadeHere = (page: number) => isMade(nth * pages + page);
    yield* dataBlock(file, at, shape, { ...group, index, isMade: isMadeHere });
  }
}

/** Elements, in pages with a checksum each when there are many. */
async function* dataBlock(
  file: FileBytes,
  address: number,
  shape: Shape,
  { index, elements, isMade = () => true }: DataBlock,
): AsyncGenerator<ArrayElement> {
  const { elementBytes, offsetBytes, pageElements } = shape;
  const frame = PREFIX_BYTES + file.widths.address + offsetBytes;
  const head = (await file.at(address, frame)).signature('EADB');
  head.skip(frame - 4);
  if (elements <= pageElements) {
    const block = await file.at(address + frame, elements * elementBytes);
    yield* elementsOf(file, block, shape, { index, count: elements });
    return;
  }
  const pageBytes = pageElements * elementBytes + CHECKSUM_BYTES;
  for (let page = 0; page * pageElements < elements; page += 1) {
    const first = index + page * pageElements;
    if (first >= shape.count) return;
    if (!isMade(page)) continue;
    const at = address + frame + CHECKSUM_BYTES + page * pageBytes;
    const block = await file.at(at, pageElements * elementBytes);
    yield* elementsOf(file, block, shape, { index: first, count: pageElements });
  }
}

function* elementsOf(
  file: FileBytes,
  block: Cursor,
  { elementBytes, count: end }: Shape,
  { index, count }: { readonly index: number; readonly count: number },
): Generator<ArrayElement> {
  for (let nth = 0; nth < count; nth += 1) {
    const bytes = block.take(elementBytes);
    if (index + nth < end) yield { index: index + nth, bytes: file.over(bytes) };
  }
}
