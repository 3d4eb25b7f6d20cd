import { expect, it } from 'vitest';
import { clockTime, roughTime } from '../../../src/renderer/control/time-words.ts';

it.each([
  [0, '0:00'],
  [7_900, '0:07'],
  [750_000, '12:30'],
  [3_723_000, '1:02:03'],
])('shows %i ms as %s', (ms, words) => {
  expect(clockTime(ms)).toBe(words);
});

it.each([
  [10_000, { key: 'lessThanMinute' }],
  [60_000, { key: 'minutes', count: 1 }],
  [61_000, { key: 'minutes', count: 2 }],
  [5_400_000, { key: 'hours', count: 2 }],
])('calls an estimate of %i ms %o', (ms, words) => {
  expect(roughTime(ms)).toEqual(words);
});
