import type { HistoryEntry } from '../../../core/transcript/history-entry.ts';

const DAY_MS = 86_400_000;

/** Days that sessions may be kept for, to choose from. */
export const RETENTION_CHOICES: readonly number[] = [7, 30, 90, 365];

/** How many sessions are older, and would be deleted. */
export function countOlder(entries: readonly HistoryEntry[], days: number, now: Date): number {
  const keptSinceMs = now.getTime() - days * DAY_MS;
  return entries.filter(({ startedAt, state }) => state !== 'live' && Date.parse(startedAt) < keptSinceMs)
    .length;
}
