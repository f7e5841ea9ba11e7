/**
 * The native codec packages, loaded when first needed: importing this room loads no binary.
 */
import { createRequire } from 'node:module';
import zlib from 'node:zlib';

const require = createRequire(import.meta.url);

let lz4Package: typeof import('lz4-napi') | undefined;
let zstdPackage: typeof import('@toondepauw/node-zstd') | undefined;

/** LZ4 blocks with a four-byte size in front; its async functions run on libuv's threads. */
export function lz4Native(): typeof import('lz4-napi') {
  return (lz4Package ??= require('lz4-napi') as typeof import('lz4-napi'));
}

/** Zstandard for a Node without it. */
export function zstdNative(): typeof import('@toondepauw/node-zstd') {
  return (zstdPackage ??=
    require('@toondepauw/node-zstd') as typeof import('@toondepauw/node-zstd'));
}

type ZstdCallback = (error: Error | null, result: Buffer) => void;

/** The Zstandard half of node:zlib, since Node 22.15. */
export interface NodeZstd {
  zstdCompress(bytes: Uint8Array, options: object, callback: ZstdCallback): void;
  zstdDecompress(bytes: Uint8Array, options: object, callback: ZstdCallback): void;
  readonly constants: { readonly ZSTD_c_compressionLevel: number };
}

/** node:zlib when it has Zstandard, else undefined. */
export function nodeZstd(): NodeZstd | undefined {
  const candidate = zlib as unknown as Partial<NodeZstd>;
  return typeof candidate.zstdCompress === 'function' ? (candidate as NodeZstd) : undefined;
}
