import { firstRecord, type Member, type RecordView } from './epoch-record.js';
import type { PodFacts } from './eligibility.js';
import { PARTITION_FUNCTION } from './fingerprint.js';
import type { HealthReport } from './health-report.js';
import { leasesEndAt } from './lease.js';
import {
  NO_EVIDENCE,
  planMembers,
  proposeAt,
  rejoin,
  releaseOf,
  wish,
  withHealth,
  withNote,
} from './transition.js';

const aMember = (ip: string, boot: string): Member => ({
  ip,
  uid: `uid-${ip}`,
  boot,
  startedAt: 0,
  restarts: 0,
});
const aPod = (ip: string, uid = `uid-${ip}`): PodFacts => ({
  name: ip,
  uid,
  ip,
  phase: 'Running',
  labels: {},
  deleting: false,
  started: true,
  restarts: 0,
  terminatedAt: null,
  lastTerminatedAt: null,
  createdAt: 0,
});
const aReport = (ip: string, boot: string, rest: Partial<HealthReport> = {}): HealthReport => ({
  cluster: 'c',
  partition: PARTITION_FUNCTION,
  boot,
  uid: `uid-${ip}`,
  startedAt: 0,
  epoch: 1,
  fp: '',
  phase: 'SERVING',
  leaving: false,
  leaseMs: 1,
  k8sFp: '',
  k8sAgeMs: 0,
  dirtyObjects: 0,
  dirtyBytes: 0,
  inflight: 0,
  stoppedEtag: null,
  ...rest,
});
const A = aMember('10.0.0.1', 'a');
const B = aMember('10.0.0.2', 'b');
const view: RecordView = {
  etag: 'E',
  record: firstRecord([A, B], { clusterId: 'c', boot: 'x', nonce: 'n' }),
};

describe('proposeAt', () => {
  const wished = (ips: string[], starting = false) => wish(null, ips, { starting, now: 1000 });

  it('is never for the list that the record has', () => {
    expect(proposeAt(wished([A.ip, B.ip]), view, A.ip)).toBe(Number.POSITIVE_INFINITY);
  });

  it('lets the nodes act one after the other, those that leave last', () => {
    const less = wished([B.ip]);
    expect([B.ip, A.ip].map((ip) => proposeAt(less, view, ip))).toEqual([1250, 1550]);
  });

  it('waits for other newcomers, but not when somebody leaves', () => {
    const more = [A.ip, B.ip, '10.0.0.3'];
    expect(proposeAt(wished(more, true), view, A.ip)).toBe(6000);
    expect(proposeAt(wished([B.ip, '10.0.0.3'], true), view, B.ip)).toBe(1250);
  });

  it('creates the first record when the list has stood still, and only a listed node does', () => {
    expect(proposeAt(wished([A.ip]), null, A.ip)).toBe(4000);
    expect(proposeAt(wished([A.ip]), null, B.ip)).toBe(Number.POSITIVE_INFINITY);
  });

  it('starts anew when the list changes, though not for ever', () => {
    let current = wish(null, [A.ip], { starting: false, now: 0 });
    for (let now = 200; now <= 4000; now += 200) {
      current = wish(current, [A.ip, `10.0.0.${now}`], { starting: false, now });
    }
    expect(current.since).toBe(4000);
    expect(proposeAt(current, view, A.ip)).toBe(3000);
  });
});

describe('planMembers', () => {
  const plan = (pods: PodFacts[], reports: [string, HealthReport][]) => {
    const health = new Map(reports);
    const { members, unreachable } = planMembers({
      clusterId: 'c',
      pods,
      health,
      members: [A, B],
    });
    return { boots: members.map(({ boot }) => boot), unreachable };
  };

  it('keeps a silent member and leaves a silent newcomer out', () => {
    const result = plan([aPod(A.ip), aPod(B.ip), aPod('10.0.0.3')], []);
    expect(result).toEqual({ boots: ['a', 'b'], unreachable: ['10.0.0.3'] });
  });

  it('takes the process that answers, not the one that the record names', () => {
    expect(plan([aPod(A.ip)], [[A.ip, aReport(A.ip, 'a2')]]).boots).toEqual(['a2']);
  });

  it.each([
    ['another cluster', { cluster: 'other' }],
    ['another partition function', { partition: 'md5/2' }],
    ['a node that leaves', { leaving: true }],
    ['a node that boots', { phase: 'BOOTING' }],
    ['another pod', { uid: 'other' }],
  ])('leaves %s out', (_what, rest) => {
    const ip = '10.0.0.3';
    expect(plan([aPod(ip)], [[ip, aReport(ip, 'n', rest)]]).boots).toEqual([]);
  });

  it('does not keep the entry of a pod whose address belongs to another one now', () => {
    expect(plan([aPod(A.ip, 'new-pod')], []).boots).toEqual([]);
  });
});

describe('releaseOf', () => {
  const at = (now: number) => ({ seenAt: 0, now });
  const etag = 'T';

  it('is by the word of the member for this record, not for an older one', () => {
    const stopped = aReport(A.ip, 'a', { phase: 'STOPPED', stoppedEtag: 'T' });
    const now = withHealth(NO_EVIDENCE, A, stopped, { etag, now: 1 });
    expect(releaseOf(A, now, at(1))).toBe('stopped');
    const before = withHealth(NO_EVIDENCE, A, stopped, { etag: 'T2', now: 1 });
    expect(releaseOf(A, before, at(1))).toBeNull();
    const note = { etag, stopped: true, dirtyObjects: 0 };
    expect(releaseOf(A, withNote(NO_EVIDENCE, note, { etag, now: 1 }), at(1))).toBe('stopped');
  });

  it('is by death when another process of the pod answers, not when another pod does', () => {
    const successor = withHealth(NO_EVIDENCE, A, aReport(A.ip, 'a2'), { etag, now: 1 });
    expect(releaseOf(A, successor, at(1))).toBe('dead');
    const stranger = aReport(A.ip, 'z', { uid: 'other' });
    const other = withHealth(NO_EVIDENCE, A, stranger, { etag, now: 1 });
    expect(releaseOf(A, other, at(1))).toBeNull();
  });

  it('is by time otherwise, unless the member visibly stores what it holds', () => {
    const end = leasesEndAt(0);
    expect(releaseOf(A, NO_EVIDENCE, at(end - 1))).toBeNull();
    expect(releaseOf(A, NO_EVIDENCE, at(end))).toBe('lapsed');
    const draining = (dirtyObjects: number) =>
      aReport(A.ip, 'a', { phase: 'DRAINING', dirtyObjects });
    const five = withHealth(NO_EVIDENCE, A, draining(5), { etag, now: 3000 });
    const three = withHealth(five, A, draining(3), { etag, now: 6000 });
    expect(releaseOf(A, three, at(end))).toBeNull();
    const stuck = withHealth(three, A, draining(3), { etag, now: 10_999 });
    expect(releaseOf(A, stuck, at(11_000))).toBe('lapsed');
  });

  it('of a recovering member is only by time: its entry hides another process', () => {
    const own = { ...A, recovering: true as const };
    const stopped = { ...NO_EVIDENCE, stopped: true, dead: true };
    expect(releaseOf(own, stopped, at(6000))).toBeNull();
    expect(releaseOf(own, stopped, at(leasesEndAt(0)))).toBe('lapsed');
  });
});

describe('rejoin', () => {
  const self = { uid: A.uid, boot: 'a2' };
  const never = { announcedAt: null, now: 0 };

  it('takes the entry of the former process of its own pod: that one is dead', () => {
    expect(rejoin(A, self, never)).toBe('take');
  });

  it('announces itself where another pod was, and serves when the leases have run out', () => {
    const mine = { ...A, boot: 'a2', recovering: true as const };
    expect(rejoin({ ...A, uid: 'other' }, self, never)).toBe('announce');
    expect(rejoin(mine, self, { announcedAt: 0, now: leasesEndAt(0) - 1 })).toBe('wait');
    expect(rejoin(mine, self, { announcedAt: 0, now: leasesEndAt(0) })).toBe('serve');
  });

  it('does not take a recovering entry over: who was there before it may be alive', () => {
    expect(rejoin({ ...A, recovering: true }, self, never)).toBe('announce');
  });
});
