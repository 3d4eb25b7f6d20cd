import { captionHistory } from './caption-states.ts';
import type { LoggedCaption } from './event-log.ts';

/** Words taken away again ÷ words of the transcript. */
export interface Erasure {
  /** Of everything shown. */
  readonly shown: number;
  /** Of what was called stable or final; anything above 0 is a bug. */
  readonly stable: number;
}

/**
 * Normalised erasure (Arivazhagan et al. 2020, "Re-translation versus Streaming for Simultaneous
 * Translation", section 3.3): for every change of the caption, the words behind the longest common
 * prefix of old and new, summed and divided by the words of the final transcript. Changes of case and
 * punctuation do not count.
 */
export function normalizedErasure(captions: readonly LoggedCaption[]): Erasure {
  const { states, transcript } = captionHistory(captions);
  const counts = { shown: 0, stable: 0 };
  for (const kind of ['shown', 'stable'] as const) {
    for (const [index, state] of states.entries()) {
      const previous = states[index - 1];
      if (!previous) continue;
      // What was final before is the same in both.
      const before = previous[kind];
      const after = [...transcript.slice(previous.finalWords, state.finalWords), ...state[kind]];
      let common = 0;
      while (common < before.length && before[common] === after[common]) common++;
      counts[kind] += before.length - common;
    }
  }
  const words = Math.max(1, transcript.length);
  return { shown: counts.shown / words, stable: counts.stable / words };
}
