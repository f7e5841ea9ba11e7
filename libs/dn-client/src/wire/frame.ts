import { HdfError, formatJson, parseJson, type Json, type JsonOut } from '#hdf5';

/**
 * A message between nodes: a JSON header and bytes behind it.
 * Layout: u32 LE header length, header (UTF-8 JSON), payload.
 */
export interface Frame {
  readonly header: JsonOut;
  /** In order; sent without copying them together. */
  readonly payload?: readonly Uint8Array[];
}

/** What a received frame holds; `payload` is a view on the received bytes. */
export interface ReceivedFrame {
  readonly header: Json;
  readonly payload: Uint8Array;
}

const PREFIX_BYTES = 4;

/** Buffers to be written one after the other, and the sum of their lengths. */
export interface EncodedFrame {
  readonly parts: Uint8Array[];
  readonly byteLength: number;
}

/** The frame as bytes; those of its payload are not copied. */
export function encodeFrame(frame: Frame): EncodedFrame {
  const header = formatJson(frame.header);
  // It is ASCII: as many bytes as characters.
  const first = Buffer.allocUnsafe(PREFIX_BYTES + header.length);
  first.writeUInt32LE(header.length);
  first.write(header, PREFIX_BYTES, 'latin1');
  const parts: Uint8Array[] = [first, ...(frame.payload ?? [])];
  return { parts, byteLength: parts.reduce((sum, part) => sum + part.length, 0) };
}

/** @throws HdfError `invalid` when the bytes are no frame */
export function decodeFrame(bytes: Uint8Array): ReceivedFrame {
  if (bytes.length < PREFIX_BYTES) {
    throw new HdfError('invalid', `a frame has at least 4 bytes, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = PREFIX_BYTES + view.getUint32(0, true);
  if (end > bytes.length) {
    throw new HdfError('invalid', `frame header ends at ${end}, message has ${bytes.length} bytes`);
  }
  return { header: parseJson(bytes.subarray(PREFIX_BYTES, end)), payload: bytes.subarray(end) };
}
