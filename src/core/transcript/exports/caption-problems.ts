import { cellWidth } from '../../foundation/text-width.ts';
import type { CaptionCue } from './caption-layout.ts';
import type { CaptionRules } from './caption-rules.ts';

export type CaptionProblemKind =
  | 'empty'
  | 'too_many_lines'
  | 'line_too_wide'
  | 'too_short'
  | 'too_long'
  | 'too_fast'
  | 'overlap'
  | 'gap_too_short';

/** Where a caption does not keep to a rule. */
export interface CaptionProblem {
  /** From 0. */
  readonly cue: number;
  readonly kind: CaptionProblemKind;
  /** Milliseconds, characters a second, or a width or count, as the rule is. */
  readonly value: number;
}

/**
 * Everywhere captions do not keep to the rules, in order. Of {@link layoutCaptions}' captions only time can be
 * short: `too_short`, `too_fast` and `gap_too_short` where people spoke faster than captions can be read.
 */
export function captionProblems(cues: readonly CaptionCue[], rules: CaptionRules): CaptionProblem[] {
  return cues.flatMap((cue, index) => {
    const durationMs = cue.endMs - cue.startMs;
    const widths = cue.lines.map(cellWidth);
    const width = widths.reduce((sum, line) => sum + line, 0);
    const gapMs = (cues[index + 1]?.startMs ?? Number.POSITIVE_INFINITY) - cue.endMs;
    const speed = Math.round((width * 1000) / Math.max(1, durationMs));
    const found: [CaptionProblemKind, number, boolean][] = [
      ['empty', width, cue.lines.length === 0 || cue.lines.some((line) => line.trim() === '')],
      ['too_many_lines', cue.lines.length, cue.lines.length > rules.maxLines],
      ['line_too_wide', Math.max(0, ...widths), widths.some((line) => line > rules.maxLineWidth)],
      ['too_short', durationMs, durationMs < rules.minDurationMs],
      ['too_long', durationMs, durationMs > rules.maxDurationMs],
      ['too_fast', speed, (width * 1000) / rules.maxCharactersPerSecond > durationMs],
      ['overlap', -gapMs, gapMs < 0],
      ['gap_too_short', gapMs, gapMs >= 0 && gapMs < rules.minGapMs],
    ];
    return found.filter(([, , broken]) => broken).map(([kind, value]) => ({ cue: index, kind, value }));
  });
}
