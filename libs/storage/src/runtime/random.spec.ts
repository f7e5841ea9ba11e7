import { systemRandom } from './random.js';

describe('the random source of the machine', () => {
  it('gives bytes of their own, never the same ones again', () => {
    const counts = Array.from({ length: 2000 }, (_none, at) => 8 + (at % 17));
    const given = counts.map((count) => systemRandom.bytes(count));
    expect(given.map(({ length }) => length)).toEqual(counts);
    expect(new Set(given.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(2000);
    const before = Buffer.from(given[0]!).toString('hex');
    given[1]!.fill(0);
    expect(Buffer.from(given[0]!).toString('hex')).toBe(before);
  });

  it('gives numbers in [0, 1) that differ', () => {
    const numbers = Array.from({ length: 100 }, () => systemRandom.next());
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size).toBeGreaterThan(95);
  });
});
