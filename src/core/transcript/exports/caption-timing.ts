import type { CaptionCue } from './caption-layout.ts';
import { type CaptionRules, SHORTEST_CAPTION_MS } from './caption-rules.ts';

/** A caption's lines with the time of their first and last word. */
export interface SpokenCaption extends CaptionCue {
  /** Of its text in one line. */
  readonly width: number;
}

/**
 * When captions are on screen: from their first word on, behind the last word for as long as reading takes and
 * the next caption leaves room. Short gaps are closed down to the smallest one, so that a run of captions
 * changes in an even rhythm (Netflix: "chaining").
 */
export function timeCaptions(captions: readonly SpokenCaption[], rules: CaptionRules): CaptionCue[] {
  let earliestMs = 0;
  return captions.map(({ startMs: spokenMs, endMs: spokenEndMs, lines, width }, index) => {
    const startMs = Math.max(spokenMs, earliestMs);
    const nextMs = captions[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    const readingMs = Math.ceil((width * 1000) / rules.maxCharactersPerSecond);
    let endMs = Math.max(spokenEndMs, startMs + rules.minDurationMs, startMs + readingMs);
    if (nextMs - endMs <= rules.chainGapMs) endMs = nextMs;
    // The shortest duration goes before the gap.
    const latestMs = Math.max(nextMs - rules.minGapMs, Math.min(nextMs, startMs + rules.minDurationMs));
    endMs = Math.floor(Math.min(endMs, latestMs, startMs + rules.maxDurationMs));
    endMs = Math.max(endMs, startMs + SHORTEST_CAPTION_MS);
    earliestMs = endMs;
    return { startMs, endMs, lines };
  });
}
