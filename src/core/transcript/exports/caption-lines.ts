import type { CaptionRules } from './caption-rules.ts';
import type { CaptionWord } from './caption-words.ts';

const SECOND_LINE_COST = 8;
/** A line break disturbs less than the change of a caption. */
const LINE_BREAK_SHARE = 0.5;
/** For lines of unequal length, by the square of the difference in lines; the longer one belongs below. */
const IMBALANCE_COST = 110;
const TOP_HEAVY_COST = 12;

/** How words fall into lines. */
export interface LineBreak {
  /** First word of the second line; -1 where all stand in one. */
  readonly secondLine: number;
  readonly cost: number;
}

/** Words of a transcript with what layout needs to know of each, summed up so that any stretch costs one step. */
export interface MeasuredWords {
  readonly words: readonly CaptionWord[];
  /** Width of all words before, with the spaces between them. */
  readonly widthBefore: Float64Array;
  /** Cost of a break before each word; 0 for the first. */
  readonly breakBefore: Float64Array;
}

/** Width of the words from `from` to `to` (exclusive) in one line. */
export function widthOf({ words, widthBefore }: MeasuredWords, from: number, to: number): number {
  const width = (widthBefore[to] as number) - (widthBefore[from] as number);
  return width - ((words[from] as CaptionWord).spaced ? 1 : 0);
}

/**
 * The best way to break words into lines: all in one where they fit (Netflix: "usually kept to one line"), else
 * where the break costs least, balanced, rather with the longer line below.
 * @returns null where they fit no way.
 */
export function bestLineBreak(
  measured: MeasuredWords,
  from: number,
  to: number,
  rules: CaptionRules,
): LineBreak | null {
  if (widthOf(measured, from, to) <= rules.maxLineWidth) return { secondLine: -1, cost: 0 };
  if (rules.maxLines === 1) return null;
  let best: LineBreak | null = null;
  for (let second = to - 1; second > from; second--) {
    const bottom = widthOf(measured, second, to);
    if (bottom > rules.maxLineWidth) break;
    const top = widthOf(measured, from, second);
    if (top > rules.maxLineWidth) continue;
    const difference = (top - bottom) / rules.maxLineWidth;
    const cost =
      SECOND_LINE_COST +
      LINE_BREAK_SHARE * (measured.breakBefore[second] as number) +
      IMBALANCE_COST * difference * difference +
      TOP_HEAVY_COST * Math.max(0, difference);
    if (best === null || cost < best.cost) best = { secondLine: second, cost };
  }
  return best;
}

/** The lines' text. */
export function linesOf(
  words: readonly CaptionWord[],
  from: number,
  to: number,
  secondLine: number,
): string[] {
  if (secondLine < 0) return [lineOf(words, from, to)];
  return [lineOf(words, from, secondLine), lineOf(words, secondLine, to)];
}

function lineOf(words: readonly CaptionWord[], from: number, to: number): string {
  let line = '';
  for (let index = from; index < to; index++) {
    const word = words[index] as CaptionWord;
    line += (index > from && word.spaced ? ' ' : '') + word.text;
  }
  return line;
}
