import fc from 'fast-check';
import { eligiblePods, isProvenDead, readPod, standing, type PodSelector } from './eligibility.js';
import { mapFingerprint } from './fingerprint.js';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const SELECTOR: PodSelector = { labels: { app: 'hsds' }, container: 'dn' };

function aPod(status: object = {}, container: object = {}, metadata: object = {}) {
  return {
    metadata: { name: 'p', uid: 'u', labels: { app: 'hsds', extra: 'x' }, ...metadata },
    status: {
      phase: 'Running',
      podIP: '10.0.0.1',
      containerStatuses: [{ name: 'dn', started: true, restartCount: 0, ...container }],
      ...status,
    },
  };
}

const ended = (finishedAt: string) => ({ terminated: { finishedAt } });

describe('standing', () => {
  it.each([
    ['a started pod', aPod(), 'eligible'],
    ['a pod whose probe has not passed', aPod({}, { started: false }), 'starting'],
    ['a pending pod', aPod({ phase: 'Pending' }), 'starting'],
    ['a pod without an address', aPod({ podIP: undefined }), 'starting'],
    ['an evicted pod', aPod({ phase: 'Failed', reason: 'Evicted' }), 'none'],
    ['a pod of another app', aPod({}, {}, { labels: { app: 'other' } }), 'none'],
    ['a terminating pod', aPod({}, {}, { deletionTimestamp: '2026-01-01T00:00:59Z' }), 'leaving'],
    [
      'a terminated and deleted pod',
      aPod({}, { state: ended('2026-01-01T00:00:59Z') }, { deletionTimestamp: new Date(NOW) }),
      'none',
    ],
    [
      'a container that was restarted 10 s ago',
      aPod({}, { started: false, restartCount: 1, lastState: ended('2026-01-01T00:00:50Z') }),
      'eligible',
    ],
    [
      'a container that ended 10 s ago and waits for its restart',
      aPod({}, { started: false, restartCount: 0, state: ended('2026-01-01T00:00:50Z') }),
      'eligible',
    ],
    [
      'a container in a crash loop',
      aPod({}, { started: false, restartCount: 3, lastState: ended('2026-01-01T00:00:30Z') }),
      'none',
    ],
    ['nothing', null, 'none'],
    ['text', 'pod', 'none'],
  ])('of %s', (_name, object, expected) => {
    expect(standing(readPod(object, 'dn'), SELECTOR, NOW)).toBe(expected);
  });
});

describe('eligiblePods', () => {
  it('takes the younger of two pods with one address', () => {
    const old = aPod({}, {}, { uid: 'old', creationTimestamp: '2026-01-01T00:00:00Z' });
    const young = aPod({}, {}, { uid: 'young', creationTimestamp: '2026-01-01T00:00:30Z' });
    const pods = [old, young].map((pod) => readPod(pod, 'dn'));
    expect(eligiblePods(pods, SELECTOR, NOW).map(({ uid }) => uid)).toEqual(['young']);
  });

  it('agrees on every node, whatever the order and the spelling of the API objects', () => {
    const time = fc.constantFrom('2026-01-01T00:00:50Z', '2026-01-01T00:00:10Z', undefined, 7);
    const pod = fc.record(
      {
        metadata: fc.record(
          {
            uid: fc.uuid(),
            labels: fc.constantFrom({ app: 'hsds' }, { app: 'x' }, null),
            deletionTimestamp: time,
          },
          { requiredKeys: ['uid'] },
        ),
        status: fc.record(
          {
            phase: fc.constantFrom('Running', 'Pending', 'Failed', 'Succeeded', 3),
            podIP: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('10.0.0.1', '10.0.0.2', '')),
            containerStatuses: fc.array(
              fc.record(
                {
                  name: fc.constantFrom('dn', 'side'),
                  started: fc.boolean(),
                  restartCount: fc.nat(3),
                  lastState: fc.record({ terminated: fc.record({ finishedAt: time }) }),
                },
                { requiredKeys: ['name'] },
              ),
              { maxLength: 2 },
            ),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: ['metadata'] },
    );
    const property = fc.property(fc.array(pod, { maxLength: 10 }), (pods) => {
      const view = (objects: readonly unknown[]) => {
        const facts = objects.map((object) => readPod(object, 'dn'));
        return eligiblePods(facts, SELECTOR, NOW).map(({ ip, uid }) => `${ip} ${uid}`);
      };
      const here = view(pods);
      expect(view([...pods].reverse())).toEqual(here);
      // As the typed client gives them: times as Dates.
      const typed = pods.map(({ metadata, ...rest }) => ({
        ...rest,
        metadata: {
          ...metadata,
          ...(typeof metadata.deletionTimestamp === 'string'
            ? { deletionTimestamp: new Date(metadata.deletionTimestamp) }
            : {}),
        },
      }));
      expect(mapFingerprint('c', view(typed))).toBe(mapFingerprint('c', here));
      const ips = here.map((line) => line.split(' ')[0]);
      expect(new Set(ips).size).toBe(ips.length);
    });
    fc.assert(property);
  });
});

describe('isProvenDead', () => {
  const startedAt = Date.parse('2026-01-01T00:00:30.500Z');
  const process = { startedAt, restarts: 1 };

  it('believes a container that ended after the process had begun', () => {
    const pod = readPod(aPod({}, { state: ended('2026-01-01T00:00:40Z') }), 'dn');
    expect(isProvenDead(pod, process)).toBe(true);
  });

  it('believes a later restart', () => {
    const lastState = ended('2026-01-01T00:00:40Z');
    const pod = readPod(aPod({}, { restartCount: 2, lastState }), 'dn');
    expect(isProvenDead(pod, process)).toBe(true);
  });

  it('takes a count that was reported late for what it is: the restart that began the process', () => {
    const lastState = ended('2026-01-01T00:00:30Z');
    const pod = readPod(aPod({}, { restartCount: 2, lastState }), 'dn');
    expect(isProvenDead(pod, process)).toBe(false);
  });
});
