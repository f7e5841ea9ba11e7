import { EventEmitter } from 'node:events';
import type { Clock } from '#storage';
import { forceOnSecondSignal } from './second-signal.js';

let now = 0;
const clock = { monotonic: () => now } as Clock;
let statuses: number[];
let source: EventEmitter;

beforeEach(() => {
  now = 1000;
  statuses = [];
  source = new EventEmitter();
  forceOnSecondSignal(source, clock, (status) => statuses.push(status));
});

it('leaves the first signal to those who end in order', () => {
  source.emit('SIGTERM');
  expect(statuses).toEqual([]);
});

it('ends at once at the second, whichever signal that is', () => {
  source.emit('SIGTERM');
  now += 501;
  source.emit('SIGINT');
  expect(statuses).toEqual([130]);
});

it('takes one that is delivered twice for one', () => {
  source.emit('SIGINT');
  now += 20;
  source.emit('SIGINT');
  expect(statuses).toEqual([]);
});
