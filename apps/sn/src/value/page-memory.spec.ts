import { PageMemory } from './page-memory.js';

const PAGE = 3 * 1024 * 1024;

describe('PageMemory', () => {
  it('lends the memory of a page again once it was given back', () => {
    const pages = new PageMemory();
    const first = pages.take(PAGE);
    const second = pages.take(PAGE);
    expect(second.buffer).not.toBe(first.buffer);
    pages.giveBack(first);
    const third = pages.take(PAGE + 1);
    expect(third.buffer).toBe(first.buffer);
    expect(third.length).toBe(PAGE + 1);
  });

  it('does not lend twice what was given back twice', () => {
    const pages = new PageMemory();
    const first = pages.take(PAGE);
    pages.giveBack(first);
    pages.giveBack(first);
    expect(pages.take(PAGE).buffer).not.toBe(pages.take(PAGE).buffer);
  });

  it('ignores memory of others, and pages that are small or huge', () => {
    const pages = new PageMemory();
    for (const bytes of [new Uint8Array(PAGE), pages.take(1000), pages.take(2 ** 24 + 1)]) {
      pages.giveBack(bytes);
      expect(pages.take(bytes.length).buffer).not.toBe(bytes.buffer);
    }
  });

  it('keeps a bounded amount', () => {
    const pages = new PageMemory();
    const taken = Array.from({ length: 10 }, () => pages.take(2 ** 24));
    for (const page of taken) pages.giveBack(page);
    const again = Array.from({ length: 10 }, () => pages.take(2 ** 24).buffer);
    const before = new Set(taken.map(({ buffer }) => buffer));
    expect(again.filter((buffer) => before.has(buffer))).toHaveLength(3);
  });
});
