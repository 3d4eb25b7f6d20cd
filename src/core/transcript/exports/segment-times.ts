import { cellWidth } from '../../foundation/text-width.ts';
import type { TranscriptSegment } from '../transcript.ts';

/** No one speaks this fast for a whole segment: such times are made up. */
const IMPLAUSIBLE_CHARACTERS_PER_SECOND = 50;
/** What text gets in place of implausible times, where there is room. */
const ASSUMED_CHARACTERS_PER_SECOND = 15;
/** No one speaks slower: the rest of a longer time is silence. */
const SLOWEST_MS_PER_CHARACTER = 250;
const LONGEST_SHORT_WORD_MS = 2000;

/** When a stretch of a segment's text was spoken; offsets count its characters (UTF-16) but for white space. */
export interface TextSpan {
  readonly from: number;
  readonly to: number;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * When each stretch of a segment's text was spoken: by the segment's words where they spell its text, else the
 * segment's time shared out by length. Times never run backwards, whatever they were.
 *
 * @param text the segment's, cleaned. @param earliestMs where the segment before ended.
 * @param nextStartMs where the next segment starts; Infinity behind the last.
 * @returns spans that cover all of the text in order, with whole milliseconds.
 */
export function spokenSpans(
  segment: TranscriptSegment,
  text: string,
  earliestMs: number,
  nextStartMs: number,
): TextSpan[] {
  const length = withoutSpaces(text).length;
  const width = cellWidth(text);
  const startMs = Math.max(earliestMs, timeOr(segment.startMs, earliestMs));
  const endMs = Math.max(startMs, timeOr(segment.endMs, startMs));
  if (endMs - startMs < (width * 1000) / IMPLAUSIBLE_CHARACTERS_PER_SECOND) {
    const neededMs = Math.round((width * 1000) / ASSUMED_CHARACTERS_PER_SECOND);
    const roomMs = Math.max(endMs, Math.min(nextStartMs, startMs + neededMs));
    return [{ from: 0, to: length, startMs, endMs: roomMs }];
  }
  return (
    wordSpans(segment, text, startMs, endMs) ?? [
      { from: 0, to: length, startMs, endMs: Math.min(endMs, startMs + width * SLOWEST_MS_PER_CHARACTER) },
    ]
  );
}

/** Spans of the segment's own words, or null where they do not spell its text. */
function wordSpans(
  segment: TranscriptSegment,
  text: string,
  startMs: number,
  endMs: number,
): TextSpan[] | null {
  const spans: TextSpan[] = [];
  const spelled: string[] = [];
  let from = 0;
  let earliest = startMs;
  for (const word of segment.words ?? []) {
    const letters = withoutSpaces(word.text);
    if (letters === '') continue;
    const longest = Math.max(LONGEST_SHORT_WORD_MS, cellWidth(letters) * SLOWEST_MS_PER_CHARACTER);
    const start = Math.min(endMs, Math.max(earliest, timeOr(word.startMs, earliest)));
    const end = Math.min(endMs, start + longest, Math.max(start, timeOr(word.endMs, start)));
    spans.push({ from, to: from + letters.length, startMs: start, endMs: end });
    spelled.push(letters);
    from += letters.length;
    earliest = end;
  }
  return spelled.join('') === withoutSpaces(text) && spans.length > 0 ? spans : null;
}

/** Text as offsets count it. */
export function withoutSpaces(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/[\s\p{Cc}]+/gu, '');
}

/** Looks up times in spans; lookups must go forwards. */
export class SpanReader {
  readonly #spans: readonly TextSpan[];
  #index = 0;

  constructor(spans: readonly TextSpan[]) {
    this.#spans = spans;
  }

  /** When the characters from `from` (inclusive) to `to` (exclusive) were spoken. */
  timeOf(from: number, to: number): { startMs: number; endMs: number } {
    return { startMs: this.#timeAt(from, false), endMs: this.#timeAt(to, true) };
  }

  /** @param asEnd whether the end of the span that stops at `offset` is meant, or the start of the next. */
  #timeAt(offset: number, asEnd: boolean): number {
    while (this.#index < this.#spans.length - 1) {
      const { to } = this.#spans[this.#index] as TextSpan;
      if (asEnd ? offset <= to : offset < to) break;
      this.#index++;
    }
    const span = this.#spans[this.#index];
    if (!span) return 0;
    const share = (offset - span.from) / Math.max(1, span.to - span.from);
    return Math.round(span.startMs + (span.endMs - span.startMs) * Math.min(1, Math.max(0, share)));
  }
}

function timeOr(timeMs: number, fallbackMs: number): number {
  return Number.isFinite(timeMs) ? Math.max(0, Math.round(timeMs)) : fallbackMs;
}
