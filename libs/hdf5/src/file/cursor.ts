import { HdfError } from '../errors.js';

/** Widths of addresses and lengths in a file, bytes. */
export interface Widths {
  readonly address: number;
  readonly length: number;
}

/** Reads little-endian fields of an HDF5 file's structures one after the other. */
export class Cursor {
  position = 0;
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly widths: Widths,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get left(): number {
    return this.bytes.length - this.position;
  }

  /** An unsigned integer of 0 to 8 bytes. @throws HdfError `corrupt` past the end */
  uint(size: number): number {
    if (size > this.left) throw new HdfError('corrupt', 'a structure of the HDF5 file is cut off');
    let value = 0;
    for (let at = size - 1; at >= 0; at -= 1) {
      value = value * 256 + this.view.getUint8(this.position + at);
    }
    this.position += size;
    return value;
  }

  /** An address in the file, or null for the undefined one. */
  address(): number | null {
    const { address: size } = this.widths;
    const start = this.position;
    const value = this.uint(size);
    const all = this.bytes.subarray(start, this.position).every((byte) => byte === 0xff);
    return all ? null : value;
  }

  /** @throws HdfError `corrupt` for the undefined address */
  requiredAddress(): number {
    const address = this.address();
    if (address === null) throw new HdfError('corrupt', 'an address of the HDF5 file is missing');
    return address;
  }

  length(): number {
    return this.uint(this.widths.length);
  }

  skip(size: number): void {
    this.position += size;
  }

  take(size: number): Uint8Array {
    const part = this.bytes.subarray(this.position, this.position + size);
    if (part.length < size) throw new HdfError('corrupt', 'the HDF5 file is cut off');
    this.position += size;
    return part;
  }

  /** Text up to a NUL byte. */
  textAt(position: number): string {
    const end = this.bytes.indexOf(0, position);
    return new TextDecoder().decode(this.bytes.subarray(position, end < 0 ? undefined : end));
  }

  /** @throws HdfError `corrupt` when other letters come */
  signature(expected: string): this {
    const found = new TextDecoder('latin1').decode(this.take(expected.length));
    if (found === expected) return this;
    throw new HdfError('corrupt', `expected ${expected} in the HDF5 file`);
  }
}
