import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../../src/core/transcript/history-entry.ts';
import { countOlder } from '../../../src/renderer/control/history/retention.ts';
import { nameOfDay, sessionDays } from '../../../src/renderer/control/history/session-days.ts';

function entry(id: string, startedAt: Date, state: HistoryEntry['state'] = 'ended'): HistoryEntry {
  return {
    id,
    title: id,
    startedAt: startedAt.toISOString(),
    durationMs: 0,
    segments: 0,
    words: 0,
    source: '',
    model: '',
    state,
  };
}

describe('sessions by day', () => {
  it('stand under the day they began on where the user is', () => {
    const days = sessionDays([
      entry('c', new Date(2026, 2, 2, 0, 5)),
      entry('b', new Date(2026, 2, 1, 23, 55)),
      entry('a', new Date(2026, 2, 1, 8)),
    ]);
    expect(days.map(({ day, entries }) => [day, entries.map(({ id }) => id)])).toEqual([
      ['2026-03-02', ['c']],
      ['2026-03-01', ['b', 'a']],
    ]);
  });

  it.each([
    ['2026-03-01', 'today'],
    ['2026-02-28', 'yesterday'],
    ['2026-02-27', 'date'],
  ])('call %s %s on the first of March', (day, name) => {
    expect(nameOfDay(day, new Date(2026, 2, 1, 0, 1))).toBe(name);
  });
});

describe('sessions that a shorter time would delete', () => {
  it('are those that began before, but none that runs', () => {
    const now = new Date(2026, 2, 31);
    const entries = [
      entry('new', new Date(2026, 2, 30)),
      entry('old', new Date(2026, 2, 1)),
      entry('running', new Date(2026, 2, 1), 'live'),
    ];
    expect(countOlder(entries, 7, now)).toBe(1);
  });
});
