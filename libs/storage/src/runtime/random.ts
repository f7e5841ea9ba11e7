import { randomFillSync } from 'node:crypto';

/** A source of chance, as an argument. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** `count` random bytes. */
  bytes(count: number): Uint8Array;
}

/** Asked for at once: a request id of 8 bytes would cost 4 µs on its own. */
const STOCK_BYTES = 4096;
const stock = new Uint8Array(STOCK_BYTES);
let used = STOCK_BYTES;

/** The machine's cryptographic random source. */
export const systemRandom: Random = {
  next: () => new DataView(systemRandom.bytes(4).buffer).getUint32(0) / 2 ** 32,
  bytes: (count) => {
    if (count > STOCK_BYTES / 16) return randomFillSync(new Uint8Array(count));
    if (used + count > STOCK_BYTES) {
      randomFillSync(stock);
      used = 0;
    }
    used += count;
    return stock.slice(used - count, used);
  },
};
