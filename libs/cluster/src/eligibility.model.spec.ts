import fc from 'fast-check';
import { eligiblePods, readPod, type PodFacts, type PodSelector } from './eligibility.js';
import { memberList } from './epoch-record.js';
import { mapFingerprint } from './fingerprint.js';
import { sortIps } from './ip-order.js';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const SELECTOR: PodSelector = { labels: { app: 'hsds' }, container: 'dn' };

const time = fc.constantFrom('2026-01-01T00:00:50Z', '2026-01-01T00:00:10Z', undefined, null);
const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 });
/** Few addresses, so that some are used again; IPv6 in one of its spellings. */
const ip = fc.oneof(
  fc.constantFrom('10.0.0.9', '10.0.0.10', '::ffff:10.0.0.9', '', undefined),
  fc.constantFrom('2001:db8::1', '2001:DB8:0:0::0001', '2001:db8:0:0:0:0:0:1'),
  fc.ipV4(),
  groups.map((parts) => parts.map((part) => part.toString(16)).join(':')),
);
const end = fc.record({ terminated: fc.record({ finishedAt: time }) });
const container = fc.record(
  {
    name: fc.constantFrom('dn', 'dn', 'side'),
    started: fc.constantFrom(true, true, false, null),
    restartCount: fc.nat(2),
    state: fc.oneof(fc.constant({ running: {} }), end),
    lastState: end,
  },
  { requiredKeys: [] },
);
const pod = fc.record(
  {
    metadata: fc.record(
      {
        uid: fc.uuid(),
        labels: fc.constantFrom({ app: 'hsds' }, { app: 'hsds', more: 'x' }, { app: 'x' }, null),
        deletionTimestamp: fc.constantFrom(undefined, undefined, '2026-01-01T00:00:59Z'),
        creationTimestamp: time,
      },
      { requiredKeys: ['uid', 'labels'] },
    ),
    status: fc.record(
      {
        phase: fc.constantFrom('Running', 'Running', 'Running', 'Pending', 'Failed', 'Succeeded'),
        reason: fc.constantFrom('Evicted', undefined),
        podIP: ip,
        containerStatuses: fc.array(container, { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['metadata'] },
);

/** As a service node names what it derives. */
function servedBy(pods: readonly PodFacts[]): string {
  return mapFingerprint(
    'c',
    eligiblePods(pods, SELECTOR, NOW).map(({ ip }) => ip),
  );
}

/** As a data node proposes it for the record. */
function proposed(pods: readonly PodFacts[]) {
  const members = eligiblePods(pods, SELECTOR, NOW).map(({ ip, uid, restarts }) => {
    return { ip, uid, restarts, boot: '', startedAt: 0 };
  });
  return memberList('c', members.reverse());
}

/** As the typed client of a list gives it: times are Dates. A watch gives text. */
function typed(object: unknown): unknown {
  if (typeof object === 'string' && /^2026-.*Z$/.test(object)) return new Date(object);
  if (Array.isArray(object)) return object.map(typed);
  if (typeof object !== 'object' || object === null) return object;
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, typed(value)]));
}

describe('the list of data nodes', () => {
  it('is the same to service nodes and data nodes, from list or watch in any order', () => {
    const pods = fc.array(pod, { maxLength: 12 });
    const property = fc.property(pods, fc.infiniteStream(fc.nat()), (objects, keys) => {
      const watched = objects.map((object) => readPod(object, 'dn'));
      const listed = objects
        .map((object) => ({
          facts: readPod(typed(object), 'dn'),
          key: keys.next().value as number,
        }))
        .sort((a, b) => a.key - b.key)
        .map(({ facts }) => facts);
      const record = proposed(listed);
      expect(servedBy(watched)).toBe(record.fingerprint);
      const ips = record.members.map((member) => member.ip);
      expect(ips).toEqual(sortIps(ips));
      const uids = eligiblePods(watched, SELECTOR, NOW).map(({ uid }) => uid);
      expect(record.members.map(({ uid }) => uid)).toEqual(uids);
      const left = watched.filter(({ deleting, phase }) => deleting || phase !== 'Running');
      for (const { uid } of left) expect(uids).not.toContain(uid);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
