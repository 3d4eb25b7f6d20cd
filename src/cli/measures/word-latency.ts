import { alignWords, normalizeWords } from '../../core/transcript/word-error-rate.ts';
import { type CaptionHistory, captionHistory } from './caption-states.ts';
import { type EventLog, sentAtMs } from './event-log.ts';

/** A word of the reference with the time at which it has been spoken, from the start of the stream. */
export interface SpokenWord {
  readonly text: string;
  readonly endMs: number;
}

/** Latencies in milliseconds, one a word or final; words that were not recognised have none. */
export interface CaptionLatencies {
  /** From a word's last sample sent until the word is shown for good. May be negative: words can be guessed. */
  readonly shownMs: readonly number[];
  /** The same until it is stable or final. */
  readonly stableMs: readonly number[];
  /** From the last sample of a final's last word sent until the final arrived. */
  readonly finalMs: readonly number[];
}

/**
 * Latencies of a run that was streamed at real-time pace, against the true times of its words.
 * Only words the transcript got right are timed: the transcript is aligned with the reference, and each
 * caption in turn with the transcript, so that a repeated word is not taken for an earlier one.
 */
export function captionLatencies(log: EventLog, spoken: readonly SpokenWord[]): CaptionLatencies {
  const history = captionHistory(log.captions);
  const reference = spoken.flatMap(({ text, endMs }) =>
    normalizeWords(text).map((word) => ({ word, endMs })),
  );
  const spokenAt = new Map<number, number>();
  for (const step of alignWords(
    reference.map(({ word }) => word),
    history.transcript,
  )) {
    const endMs = reference[step.reference]?.endMs;
    if (step.kind === 'hit' && endMs !== undefined) spokenAt.set(step.hypothesis, sentAtMs(log, endMs));
  }

  const latenciesOf = (appeared: readonly (number | undefined)[]): number[] =>
    appeared.flatMap((atMs, index) => {
      const sent = spokenAt.get(index);
      return atMs === undefined || sent === undefined ? [] : [atMs - sent];
    });
  return {
    shownMs: latenciesOf(appearedAt(history, (state) => state.shown)),
    stableMs: latenciesOf(appearedAt(history, (state) => state.stable)),
    finalMs: history.finals.flatMap(({ atMs, from, to }) => {
      for (let index = to - 1; index >= from; index--) {
        const sent = spokenAt.get(index);
        if (sent !== undefined) return [atMs - sent];
      }
      return [];
    }),
  };
}

/** For each word of the transcript, when it appeared and did not go away again. */
function appearedAt(
  history: CaptionHistory,
  wordsOf: (state: CaptionHistory['states'][number]) => readonly string[],
): (number | undefined)[] {
  const appeared: (number | undefined)[] = new Array(history.transcript.length).fill(undefined);
  let reached = 0;
  let settled = 0;
  for (const state of history.states) {
    const words = wordsOf(state);
    // Captions may be ahead of the final by a few words the final drops, hence the slack.
    const ahead = history.transcript.slice(state.finalWords, state.finalWords + words.length * 2 + 8);
    const present = new Set(
      alignWords(ahead, words, { openEnd: true })
        .filter(({ kind }) => kind === 'hit')
        .map(({ reference }) => state.finalWords + reference),
    );
    const end = Math.max(reached, state.finalWords, ...[...present].map((index) => index + 1));
    for (let index = settled; index < end; index++) {
      if (index < state.finalWords || present.has(index)) appeared[index] ??= state.atMs;
      else appeared[index] = undefined;
    }
    reached = end;
    settled = state.finalWords;
  }
  return appeared;
}
