/** Standard base64 with padding, as `value_base64`, fill values and attributes use it. */
import { HdfError } from '../errors.js';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Bytes as base64 text. */
export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

/** Whether text is standard base64 with padding. */
export function isBase64Text(text: string): boolean {
  return text.length % 4 === 0 && BASE64.test(text);
}

/** The bytes of base64 text. @throws HdfError `invalid` for anything else */
export function decodeBase64(text: string): Uint8Array {
  if (!isBase64Text(text)) {
    throw new HdfError('invalid', `expected base64 but got ${text.length} other characters`);
  }
  // A copy of its own memory: small Buffers share a pool.
  return new Uint8Array(Buffer.from(text, 'base64'));
}
