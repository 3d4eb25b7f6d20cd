/**
 * What a readable caption keeps to. Widths and reading speed are counted in Latin letters; a full-width
 * character or an emoji counts as two.
 */
export interface CaptionRules {
  readonly maxLineWidth: number;
  readonly maxLines: 1 | 2;
  /** Reading speed. Text that is spoken faster is kept whole all the same. */
  readonly maxCharactersPerSecond: number;
  /** Kept where there is room before the next caption. */
  readonly minDurationMs: number;
  readonly maxDurationMs: number;
  /** Between two captions, so that a viewer sees that the text changed. */
  readonly minGapMs: number;
  /** A shorter gap is closed down to `minGapMs`: a caption that blinks off for a moment distracts. */
  readonly chainGapMs: number;
  /** A longer silence always begins a new caption. */
  readonly maxPauseMs: number;
}

/**
 * Netflix Timed Text Style Guide (General Requirements, English, Subtitle Timing Guidelines): 42 characters,
 * 2 lines, 20 characters a second for adults, 7 s, a gap of 2 frames, gaps of up to half a second closed; its
 * shortest caption is 5/6 s. The rounder 1 s and the pause are ours: a caption that spans a second of silence
 * gives away what is said behind it.
 */
export const DEFAULT_CAPTION_RULES: CaptionRules = {
  maxLineWidth: 42,
  maxLines: 2,
  maxCharactersPerSecond: 20,
  minDurationMs: 1000,
  maxDurationMs: 7000,
  // 2 frames at 24 per second, rounded up.
  minGapMs: 84,
  chainGapMs: 500,
  maxPauseMs: 1000,
};

/** One frame at 25 per second: what a caption gets where the transcript leaves it no time at all. */
export const SHORTEST_CAPTION_MS = 40;
