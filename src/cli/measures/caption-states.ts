import { normalizeWords } from '../../core/transcript/word-error-rate.ts';
import type { LoggedCaption } from './event-log.ts';

/** What a viewer has before them from `atMs` on, in normalised words. */
export interface CaptionState {
  readonly atMs: number;
  /** Words of the transcript that are final; always the beginning of it. */
  readonly finalWords: number;
  /** Words of the caption that is not final yet. */
  readonly shown: readonly string[];
  /** Those of `shown` that will not change. */
  readonly stable: readonly string[];
}

/** A finished caption's place in the transcript. */
export interface FinalSpan {
  readonly atMs: number;
  /** Words `from` (inclusive) to `to` (exclusive) of the transcript. */
  readonly from: number;
  readonly to: number;
}

export interface CaptionHistory {
  readonly states: readonly CaptionState[];
  /** All finals' words, in order. */
  readonly transcript: readonly string[];
  readonly finals: readonly FinalSpan[];
}

/** A state that lasts shorter than this is never seen: three frames of a 60 Hz display. */
const SHORTEST_VISIBLE_MS = 50;

/** Replays the captions of a run, in the order they came. */
export function captionHistory(captions: readonly LoggedCaption[]): CaptionHistory {
  const transcript: string[] = [];
  const finals: FinalSpan[] = [];
  const states: CaptionState[] = [];
  for (const caption of captions) {
    const words = normalizeWords(caption.text);
    const isFinal = caption.kind === 'final';
    if (isFinal) {
      finals.push({ atMs: caption.atMs, from: transcript.length, to: transcript.length + words.length });
      transcript.push(...words);
    }
    states.push({
      atMs: caption.atMs,
      finalWords: transcript.length,
      shown: isFinal ? [] : words,
      stable: isFinal ? [] : normalizeWords(caption.stableText),
    });
  }
  const visible = states.filter((state, index) => {
    const next = states[index + 1];
    return next === undefined || next.atMs - state.atMs >= SHORTEST_VISIBLE_MS;
  });
  return { states: visible, transcript, finals };
}
