import { requestIdOfCall } from '#dn-client';
import { redactTarget } from './request-log.js';
import { traceIdsOf, traceOf } from './request-trace.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PARENT = `00-${TRACE}-${SPAN}-01`;

describe('traceOf', () => {
  it('takes what clients call their requests, and hands it on', () => {
    const trace = traceOf({ 'x-request-id': 'job-7:a.b_C', traceparent: PARENT });
    expect(trace).toEqual({ clientId: 'job-7:a.b_C', parent: PARENT });
    expect(traceIdsOf(PARENT)).toEqual({ traceId: TRACE, spanId: SPAN });
  });

  it.each(['', 'a b', 'a\nb', '<script>', 'é', 'x'.repeat(65)])('drops the id %j', (id) => {
    expect(traceOf({ 'x-request-id': id })).toEqual({});
  });

  it.each([
    '',
    PARENT.toUpperCase(),
    `${PARENT}-more`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
  ])('drops the traceparent %j', (traceparent) => {
    expect(traceOf({ traceparent })).toEqual({});
  });
});

it('finds the request of a call', () => {
  expect(requestIdOfCall('abc_-9.17')).toBe('abc_-9');
  expect(requestIdOfCall('abc')).toBe('abc');
});

it.each([
  ['/a?api_key=s3cret&x=1', '/a?api_key=***&x=1'],
  ['/a?x=1&API_KEY=s3cret', '/a?x=1&API_KEY=***'],
  ['/a?api%5Fkey=s3cret', '/a?api%5Fkey=***'],
  ['/a?access_token=s3cret#b', '/a?access_token=***#b'],
  ['/a?%ZZ=1&token=s3cret', '/a?%ZZ=1&token=***'],
  ['/a?monkey=1', '/a?monkey=1'],
])('cuts secrets out of %s', (target, safe) => {
  expect(redactTarget(target)).toBe(safe);
});
