import type { FinalLine } from './journal-lines.ts';
import { countWords } from './word-count.ts';

/** What a list says about a session without reading all of it. */
export interface JournalTotals {
  readonly segments: number;
  readonly words: number;
  readonly duration_ms: number;
}

export const NO_TOTALS: JournalTotals = { segments: 0, words: 0, duration_ms: 0 };

export function addToTotals(totals: JournalTotals, final: Pick<FinalLine, 'text' | 'end_ms'>): JournalTotals {
  return {
    segments: totals.segments + 1,
    words: totals.words + countWords(final.text),
    duration_ms: Math.max(totals.duration_ms, final.end_ms),
  };
}
