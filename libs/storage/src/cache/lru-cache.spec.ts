import fc from 'fast-check';
import { LruCache } from './lru-cache.js';

describe('LruCache', () => {
  it('evicts the least recently used first, and never what is held', () => {
    const cache = new LruCache<string>(30);
    for (const key of ['a', 'b', 'c']) cache.set(key, key, 10);
    cache.get('a');
    cache.hold('b');
    cache.set('d', 'd', 10);
    expect([...cache.values()].sort()).toEqual(['a', 'b', 'd']);
    cache.set('e', 'e', 20);
    expect([...cache.values()].sort()).toEqual(['b', 'e']);
    cache.release('b');
    cache.set('f', 'f', 10);
    expect([...cache.values()].sort()).toEqual(['b', 'f']);
  });

  it('does not drive others out for a value that cannot stay', () => {
    const cache = new LruCache<string>(30);
    cache.set('a', 'a', 10);
    cache.set('huge', 'huge', 31);
    cache.hold('held');
    cache.set('held', 'held', 15);
    cache.resize('held', 40);
    expect(cache.peek('a')).toBeUndefined();
    cache.set('b', 'b', 1);
    cache.release('held');
    expect([...cache.values()]).toEqual([]);
    expect(cache.bytes).toBe(0);
  });

  it('keeps its books: bytes are the sum of sizes, over capacity only by what is held', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      act: fc.constantFrom('set', 'delete', 'hold', 'release', 'resize', 'get'),
      size: fc.integer({ min: 0, max: 12 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const cache = new LruCache<string>(20);
        const sizes = new Map<string, number>();
        const holds = new Map<string, number>();
        for (const { key, act, size } of steps) {
          const held = holds.get(key) ?? 0;
          if (act === 'get') cache.get(key);
          if (act === 'delete') cache.delete(key);
          if (act === 'hold') cache.hold(key);
          if (act === 'hold') holds.set(key, held + 1);
          if (act === 'release' && held > 0) cache.release(key);
          if (act === 'release' && held > 0) holds.set(key, held - 1);
          if (act === 'set' || (act === 'resize' && cache.peek(key) !== undefined)) {
            sizes.set(key, size);
          }
          if (act === 'set') cache.set(key, key, size);
          if (act === 'resize') cache.resize(key, size);
          if (act === 'set' && held > 0) expect(cache.peek(key)).toBe(key);
          const present = [...cache.values()];
          const sum = present.reduce((total, name) => total + sizes.get(name)!, 0);
          const loose = present.filter((name) => (holds.get(name) ?? 0) === 0);
          expect(cache.bytes).toBe(sum);
          expect(sum <= 20 || loose.length === 0).toBe(true);
        }
      }),
    );
  });
});
