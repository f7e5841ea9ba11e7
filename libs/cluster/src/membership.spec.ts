import {
  firstRecord,
  activated,
  withMember,
  withNext,
  type Member,
  type RecordView,
} from './epoch-record.js';
import {
  publicStateOf,
  startingNode,
  stepNode,
  stoppedEtag,
  type DnEvent,
  type DnState,
} from './membership.js';

const author = (nonce: string) => ({ clusterId: 'c', boot: 'x', nonce });
const aMember = (ip: string, boot: string): Member => ({
  ip,
  uid: `uid-${ip}`,
  boot,
  startedAt: 0,
  restarts: 0,
});
const A = aMember('10.0.0.1', 'a');
const B = aMember('10.0.0.2', 'b');

const active1: RecordView = { etag: 'E1', record: firstRecord([A], author('1')) };
const transition1: RecordView = {
  etag: 'T1',
  record: withNext(active1.record, [A, B], author('2')),
};
const active2: RecordView = { etag: 'E2', record: activated(transition1.record, author('3')) };
const toB: RecordView = { etag: 'T2', record: withNext(active2.record, [B], author('4')) };
const active3: RecordView = { etag: 'E3', record: activated(toB.record, author('5')) };

const sees = (found: RecordView | null, sentAt: number, at = sentAt + 10): DnEvent => ({
  see: 'record',
  sentAt,
  at,
  found,
});

/** A transcript: each event, the stage after it, and what is to be done. */
function transcript(
  member: Member,
  events: readonly DnEvent[],
): { lines: string[]; state: DnState } {
  const { ip, uid, boot } = member;
  let state = startingNode({ ip, uid, boot, startedAt: 0 });
  const lines = events.map((event) => {
    const step = stepNode(state, event);
    state = step.state;
    const what = event.see === 'record' ? (event.found?.etag ?? 'none') : event.see;
    const done = step.actions.map((action) => {
      if (action.do === 'stop') return action.lost ? 'stop-lost' : 'stop';
      return action.do === 'exit' ? `exit-${action.code}` : action.do;
    });
    return `${what}: ${state.stage} ${state.epoch} ${done.join(' ')}`.trim();
  });
  return { lines, state };
}

describe('a data node', () => {
  it('joins, hands over, serves again, leaves', () => {
    const { lines } = transcript(A, [
      { see: 'booted' },
      sees(null, 0),
      sees(active1, 100),
      sees(active1, 200),
      sees(transition1, 300),
      { see: 'writes-ended' },
      { see: 'flushed', epoch: 1 },
      sees(active2, 500),
      { see: 'terminate' },
      sees(toB, 600),
      { see: 'writes-ended' },
      { see: 'flushed', epoch: 2 },
      sees(active3, 700),
    ]);
    expect(lines).toEqual([
      'booted: JOINING 0',
      'none: JOINING 0',
      'E1: SERVING 1 grant-lease serve',
      'E1: SERVING 1 grant-lease',
      'T1: DRAINING 1 drain',
      'writes-ended: DRAINING 1 flush',
      'flushed: STOPPED 1 stop revoke-lease',
      'E2: SERVING 2 grant-lease serve',
      'terminate: SERVING 2',
      'T2: DRAINING 2 drain',
      'writes-ended: DRAINING 2 flush',
      'flushed: STOPPED 2 stop revoke-lease',
      'E3: GONE 2 revoke-lease exit-0',
    ]);
  });

  it('that slept through a transition forgets what it held before it serves again', () => {
    const { lines } = transcript(A, [{ see: 'booted' }, sees(active1, 0), sees(active2, 9000)]);
    expect(lines[2]).toBe('E2: SERVING 2 revoke-lease stop-lost grant-lease serve');
  });

  it('that is cut short while it stores drops the rest', () => {
    const { lines } = transcript(A, [
      { see: 'booted' },
      sees(active1, 0),
      sees(transition1, 100),
      { see: 'writes-ended' },
      sees(active2, 9000),
      { see: 'flushed', epoch: 1 },
    ]);
    expect(lines.slice(4)).toEqual([
      'E2: SERVING 2 revoke-lease stop-lost grant-lease serve',
      'flushed: SERVING 2',
    ]);
  });

  it('whose address another process has taken never serves again', () => {
    const taken = {
      etag: 'X',
      record: withMember(active1.record, { ...A, boot: 'z' }, author('6')),
    };
    const { lines } = transcript(A, [
      { see: 'booted' },
      sees(active1, 0),
      sees(taken, 100),
      sees(active1, 200),
    ]);
    expect(lines.slice(2)).toEqual([
      'X: FENCED 1 revoke-lease stop-lost revoke-lease exit-75',
      'E1: FENCED 1',
    ]);
  });

  it('does not serve while its entry is recovering', () => {
    const own = { ...A, recovering: true as const };
    const record = withMember(active1.record, own, author('7'));
    const { lines } = transcript(A, [{ see: 'booted' }, sees({ etag: 'R', record }, 0)]);
    expect(lines[1]).toBe('R: JOINING 0');
  });

  it('ignores an answer that overlapped a newer one', () => {
    const { lines } = transcript(A, [
      { see: 'booted' },
      sees(active1, 0),
      sees(transition1, 50, 60),
      sees(active1, 40, 90),
    ]);
    expect(lines[3]).toBe('E1: DRAINING 1');
  });

  it('serves at once when it has taken its entry back, whatever it read meanwhile', () => {
    const taken = {
      etag: 'X',
      record: withMember(active1.record, { ...A, boot: 'n' }, author('9')),
    };
    const { lines } = transcript({ ...A, boot: 'n' }, [
      { see: 'booted' },
      sees(active1, 0),
      sees(active1, 90, 110),
      { see: 'record', sentAt: 100, at: 120, found: taken, replaces: 'E1' },
    ]);
    expect(lines[3]).toBe('X: SERVING 1 grant-lease serve');
  });

  it('grants no lease for a record that is gone', () => {
    const { lines } = transcript(A, [{ see: 'booted' }, sees(active1, 0), sees(null, 100)]);
    expect(lines[2]).toBe('none: SERVING 1');
  });

  it('told to end before it is a member ends at once, as a member of the next epoch later', () => {
    const early = transcript(B, [{ see: 'booted' }, sees(active1, 0), { see: 'terminate' }]);
    expect(early.lines[2]).toBe('terminate: GONE 0 revoke-lease exit-0');
    const next = transcript(B, [{ see: 'booted' }, sees(transition1, 0), { see: 'terminate' }]);
    expect(next.lines[2]).toBe('terminate: JOINING 0');
  });

  it('names the record that it has obeyed, and only that', () => {
    const stop: DnEvent[] = [
      { see: 'booted' },
      sees(active1, 0),
      sees(transition1, 100),
      { see: 'writes-ended' },
    ];
    expect(stoppedEtag(transcript(A, stop).state)).toBeNull();
    const stopped = [...stop, { see: 'flushed', epoch: 1 } as const];
    expect(stoppedEtag(transcript(A, stopped).state)).toBe('T1');
    const amended = { etag: 'T1b', record: withNext(transition1.record, [B], author('8')) };
    expect(stoppedEtag(transcript(A, [...stopped, sees(amended, 900)]).state)).toBe('T1b');
  });

  it('is READY only while it serves with a lease', () => {
    const { state } = transcript(A, [{ see: 'booted' }, sees(active1, 0)]);
    expect([publicStateOf(state, true), publicStateOf(state, false)]).toEqual(['READY', 'WAITING']);
  });
});
