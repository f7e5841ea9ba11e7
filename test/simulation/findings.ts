/** What the simulator has found so far, with the seed that showed it at the time. */
export interface Finding {
  readonly seed: number;
  readonly what: string;
  readonly fix: string;
}

export const FINDINGS: readonly Finding[] = [
  {
    seed: 17,
    what: 'An append whose answer was lost and that was repeated after a hand-over was given the place of the next one.',
    fix: 'The place is kept beside the request id in the stored object; a repeat answers it again.',
  },
  {
    seed: 27,
    what: 'A zombie of a forced deletion and its successor at the same address took the entry in the record from each other for ever.',
    fix: 'A process takes the entry of another pod only when a fresh list shows its own pod.',
  },
  {
    seed: 71,
    what: 'A transition that began while an entry was recovering kept the mark, so that the node never served again; and it could have ended before the lease of the process that the entry hid.',
    fix: 'A recovering member is released only by time, and is an ordinary one in the next epoch.',
  },
  {
    seed: 118,
    what: 'A deletion was carried out, its answer was lost, and the repeat was answered "gone".',
    fix: 'A repeat that may have been carried out before, and finds nothing, is answered as done; repeats of what removes links and attributes give the number of the first time.',
  },
  {
    seed: 419,
    what: 'A put that created a domain was given up after 10 s, tried again with success, the domain was deleted, and then the first put arrived: the domain was there again.',
    fix: 'None for a put that was sent already: no condition can refuse it, so the simulation assumes that the store drops it. What a node sends after its lease has ended is prevented: it stores nothing where nothing is.',
  },
  {
    seed: 1343,
    what: 'A write whose answers were cut off for 15 s was applied again by its repeat, over later writes: 44 others to the same object had pushed its request id out.',
    fix: 'Ids are known in memory for a minute as well as by count. Later: where an id may have been forgotten all the same, its repeat is refused (ablation no-doubt).',
  },
  {
    seed: 5057,
    what: 'A reader saw a change at level D3 before the store had it; the node crashed, and later readers saw the old value.',
    fix: 'Changes at D3 are shown when they are stored: readers of a changing object wait for its put.',
  },
  {
    seed: 10561,
    what: 'A machine was frozen for 17 s while the answer to a read of the record was under way. Its monotonic clock had stood still; the jump of the clocks was noticed and ended the lease, and the old answer then granted it again: it served an epoch that was over.',
    fix: 'What the monotonic clock missed shortens every lease whose read was sent before; small freezes add up. Found on the way: the wall clock of the real program was derived from the monotonic one, so that no jump could be noticed at all; it is the real one now.',
  },
  {
    seed: 17183,
    what: 'A node that had lost its lease, cut off from the store, came back to it and stored a write by merging, 20 s after others had taken the object over and applied the same write for its repeat; more than 32 later writes had pushed its id out.',
    fix: 'Without a lease nothing is merged: the protocol says so (R8), and nothing asked.',
  },
];
