import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import type { Clock } from '#storage';

const MIB = 1024 * 1024;
/** A heap up to here is marked in one go, which takes about 0.5 ms a MiB. */
const AT_ONCE_BYTES_MAX = 128 * MIB;
/** How often the heap's size is looked at. */
const LOOK_MS = 1000;

/** The heap, and how the choice is made known. */
export interface HeapControls {
  readonly heapBytes: () => number;
  readonly setFlag: (flag: string) => void;
}

const v8Controls: HeapControls = {
  heapBytes: () => getHeapStatistics().used_heap_size,
  setFlag: setFlagsFromString,
};

/**
 * Lets V8 mark a small heap at once instead of in steps. Every 64 MiB of buffers make it collect
 * garbage, and while it marks in steps each further buffer, be it 64 KiB, costs a step of some
 * milliseconds. Large heaps are marked in steps, so that no pause is long (ADR 0011).
 */
export function markSmallHeapsAtOnce(clock: Clock, controls: HeapControls = v8Controls): void {
  let atOnce = false;
  const look = () => {
    clock.after(LOOK_MS, look);
    const small = controls.heapBytes() <= AT_ONCE_BYTES_MAX;
    if (small === atOnce) return;
    atOnce = small;
    controls.setFlag(small ? '--no-incremental-marking' : '--incremental-marking');
  };
  look();
}
