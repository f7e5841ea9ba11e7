import { HdfError } from '../errors.js';
import type { Cursor } from './cursor.js';
import type { FileBytes } from './file-bytes.js';

/** Message types that are read here. */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  link: 0x06,
  layout: 0x08,
  continuation: 0x10,
  symbolTable: 0x11,
} as const;

/** A message of an object header. */
export interface Message {
  readonly type: number;
  readonly body: Cursor;
}

const CONTINUATIONS_MAX = 1000;
const CHECKSUM_BYTES = 4;

/** The messages of the object at an address. @throws HdfError `corrupt`, `unsupported` */
export async function readMessages(file: FileBytes, address: number): Promise<Message[]> {
  const first = await file.at(address, 1);
  return first.uint(1) === 1 ? readOld(file, address) : readNew(file, address);
}

/** Version 1: eight bytes before each message, continuations without a frame. */
async function readOld(file: FileBytes, address: number): Promise<Message[]> {
  const head = await file.at(address, 16);
  head.skip(8);
  const size = head.uint(4);
  const split = (cursor: Cursor): Message[] => {
    const found: Message[] = [];
    while (cursor.left >= 8) {
      const type = cursor.uint(2);
      const length = cursor.uint(2);
      cursor.skip(4);
      found.push({ type, body: file.over(cursor.take(Math.min(length, cursor.left))) });
    }
    return found;
  };
  const block = { address: address + 16, length: size };
  return follow(file, block, async (at, length) => split(await file.at(at, length)));
}

/** Version 2: four or six bytes before each message, blocks with signature and checksum. */
async function readNew(file: FileBytes, address: number): Promise<Message[]> {
  const head = (await file.at(address, 64)).signature('OHDR');
  head.skip(1);
  const flags = head.uint(1);
  head.skip((flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0));
  const size = head.uint(1 << (flags & 3));
  const own = flags & 0x04 ? 6 : 4;
  const split = (cursor: Cursor): Message[] => {
    const found: Message[] = [];
    while (cursor.left >= own) {
      const type = cursor.uint(1);
      const length = cursor.uint(2);
      cursor.skip(own - 3);
      found.push({ type, body: file.over(cursor.take(Math.min(length, cursor.left))) });
    }
    return found;
  };
  const block = { address: address + head.position, length: size };
  let isFirst = true;
  return follow(file, block, async (at, length) => {
    if (isFirst) {
      isFirst = false;
      return split(await file.at(at, length));
    }
    const framed = (await file.at(at, length - CHECKSUM_BYTES)).signature('OCHK');
    return split(file.over(framed.take(framed.left)));
  });
}

/** Reads a block of messages and those that continue it. */
async function follow(
  file: FileBytes,
  first: { readonly address: number; readonly length: number },
  read: (address: number, length: number) => Promise<Message[]>,
): Promise<Message[]> {
  const found: Message[] = [];
  const blocks = [first];
  for (const [index, { address, length }] of blocks.entries()) {
    if (index > CONTINUATIONS_MAX) throw new HdfError('corrupt', 'an object header never ends');
    for (const message of await read(address, length)) {
      if (message.type === MESSAGE.continuation) {
        const { body } = message;
        blocks.push({ address: body.requiredAddress(), length: body.length() });
      } else {
        found.push(message);
      }
    }
  }
  return found;
}

/** The message of a type, if there is one. */
export function messageOf(messages: readonly Message[], type: number): Cursor | undefined {
  return messages.find((message) => message.type === type)?.body;
}
