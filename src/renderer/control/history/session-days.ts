import type { HistoryEntry } from '../../../core/transcript/history-entry.ts';
import { dayOf } from '../time-words.ts';

/** Sessions of one day, newest first. */
export interface SessionDay {
  readonly day: string;
  readonly entries: readonly HistoryEntry[];
}

/** @param entries newest first. */
export function sessionDays(entries: readonly HistoryEntry[]): readonly SessionDay[] {
  const days = new Map<string, HistoryEntry[]>();
  for (const entry of entries) {
    const day = dayOf(entry.startedAt);
    const same = days.get(day);
    if (same) same.push(entry);
    else days.set(day, [entry]);
  }
  return [...days].map(([day, ofDay]) => ({ day, entries: ofDay }));
}

/** How a day is called: today and yesterday by name. */
export function nameOfDay(day: string, now: Date): 'today' | 'yesterday' | 'date' {
  if (day === dayOf(now.toISOString())) return 'today';
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  return day === dayOf(yesterday.toISOString()) ? 'yesterday' : 'date';
}
