import type { Json, JsonOut } from '#hdf5';
import type { Frame, ReceivedFrame } from './frame.js';
import { plain } from './plain.js';

/** One message type, both ways. */
export interface Codec<T> {
  encode(value: T): Frame;
  decode(frame: ReceivedFrame): T;
}

/** For messages that are plain JSON already. */
export function plainCodec<T>(): Codec<T> {
  return {
    encode: (value) => ({ header: value as JsonOut }),
    decode: (frame) => plain<T>(frame.header),
  };
}

/** For messages without payload that need a translation of their JSON. */
export function jsonCodec<T>(
  encode: (value: T) => JsonOut,
  decode: (header: Members) => T,
): Codec<T> {
  return {
    encode: (value) => ({ header: encode(value) }),
    decode: (frame) => decode(new Members(frame.header)),
  };
}

/** Typed access to the members of a message's header; a wrong one is our own fault. */
export class Members {
  private readonly map: ReadonlyMap<string, Json>;

  constructor(json: Json) {
    this.map = json instanceof Map ? json : new Map();
  }

  json(name: string): Json {
    return this.map.get(name) ?? null;
  }

  has(name: string): boolean {
    return this.map.has(name);
  }

  text(name: string): string {
    const value = this.map.get(name);
    return typeof value === 'string' ? value : '';
  }

  list(name: string): readonly Json[] {
    const value = this.map.get(name);
    return Array.isArray(value) ? value : [];
  }

  /** The whole header as plain data. */
  plainAll<T>(): T {
    return Object.fromEntries([...this.map].map(([name, value]) => [name, plain(value)])) as T;
  }

  /** A member as plain data. */
  plain<T>(name: string): T {
    return plain<T>(this.json(name));
  }
}
