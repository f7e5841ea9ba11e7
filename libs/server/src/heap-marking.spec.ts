import { ManualClock } from '#storage/testing';
import { markSmallHeapsAtOnce } from './heap-marking.js';

const MIB = 1024 * 1024;

describe('markSmallHeapsAtOnce', () => {
  it('follows the size of the heap, and changes nothing while that stays', () => {
    const flags: string[] = [];
    const clock = new ManualClock();
    let heap = 30 * MIB;
    markSmallHeapsAtOnce(clock, {
      heapBytes: () => heap,
      setFlag: (flag) => flags.push(flag),
    });
    const becomes = (mebibytes: number) => {
      heap = mebibytes * MIB;
      clock.advance(1000);
    };
    becomes(100);
    expect(flags).toEqual(['--no-incremental-marking']);
    becomes(200);
    becomes(300);
    becomes(90);
    expect(flags.slice(1)).toEqual(['--incremental-marking', '--no-incremental-marking']);
  });
});
