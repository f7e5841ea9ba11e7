import { randomFillSync } from 'node:crypto';

/** A source of chance, as an argument. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** `count` random bytes. */
  bytes(count: number): Uint8Array;
}

/** The machine's cryptographic random source. */
export const systemRandom: Random = {
  next: () => new DataView(randomFillSync(new Uint8Array(4)).buffer).getUint32(0) / 2 ** 32,
  bytes: (count) => randomFillSync(new Uint8Array(count)),
};
