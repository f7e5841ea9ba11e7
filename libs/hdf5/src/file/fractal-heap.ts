import { HdfError } from '../errors.js';
import type { Cursor } from './cursor.js';
import type { FileBytes } from './file-bytes.js';

interface HeapShape {
  readonly width: number;
  readonly startBytes: number;
  readonly directBytesMax: number;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly root: number;
  /** Rows of the root indirect block; 0: the root is a direct block. */
  readonly rows: number;
}

/** Small objects of a group, for example its links. */
export class FractalHeap {
  private constructor(
    private readonly file: FileBytes,
    private readonly shape: HeapShape,
  ) {}

  /** @throws HdfError `corrupt`, `unsupported` for filtered heaps */
  static async open(file: FileBytes, address: number): Promise<FractalHeap> {
    const { length } = file.widths;
    const head = (await file.at(address, 256)).signature('FRHP');
    head.skip(3);
    if (head.uint(2) > 0) throw new HdfError('unsupported', 'a filtered heap in an HDF5 file');
    head.skip(1);
    const objectBytesMax = head.uint(4);
    head.skip(length + file.widths.address + length + file.widths.address + 8 * length);
    const width = head.uint(2);
    const startBytes = head.length();
    const directBytesMax = head.length();
    const offsetBytes = Math.ceil(head.uint(2) / 8);
    head.skip(2);
    const root = head.requiredAddress();
    const rows = head.uint(2);
    const inBlock = Math.floor((Math.floor(Math.log2(directBytesMax)) + 7) / 8);
    const lengthBytes = Math.min(inBlock, bytesFor(objectBytesMax));
    const shape = { width, startBytes, directBytesMax, offsetBytes, lengthBytes, root, rows };
    return new FractalHeap(file, shape);
  }

  /** The object that an id names. @throws HdfError `unsupported` for huge and tiny objects */
  async object(id: Cursor): Promise<Cursor> {
    if ((id.uint(1) & 0x30) !== 0) {
      throw new HdfError('unsupported', 'a large object in a heap of an HDF5 file');
    }
    const { offsetBytes, lengthBytes, root, rows } = this.shape;
    const offset = id.uint(offsetBytes);
    const length = id.uint(lengthBytes);
    const address = rows === 0 ? root + offset : await this.find(root, rows, offset);
    return this.file.at(address, length);
  }

  /** Where an offset within an indirect block lies in the file. */
  private async find(block: number, rows: number, offset: number): Promise<number> {
    const { width, startBytes, directBytesMax, offsetBytes } = this.shape;
    const { address } = this.file.widths;
    let rowStart = 0;
    for (let row = 0; row < rows; row += 1) {
      const bytes = row === 0 ? startBytes : startBytes * 2 ** (row - 1);
      if (offset < rowStart + width * bytes) {
        const column = Math.floor((offset - rowStart) / bytes);
        const frame = 5 + address + offsetBytes;
        const at = block + frame + (row * width + column) * address;
        const child = (await this.file.at(at, address)).requiredAddress();
        const within = offset - rowStart - column * bytes;
        if (bytes <= directBytesMax) return child + within;
        const childRows = Math.log2(bytes) - Math.log2(startBytes * width) + 1;
        return this.find(child, childRows, within);
      }
      rowStart += width * bytes;
    }
    throw new HdfError('corrupt', 'an offset outside of a heap of the HDF5 file');
  }
}

function bytesFor(value: number): number {
  return Math.floor(Math.log2(Math.max(1, value)) / 8) + 1;
}
