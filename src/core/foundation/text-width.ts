import { segmentsOf } from './text-segments.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Scripts and symbols drawn twice as wide as a Latin letter (Unicode East Asian Width W and F, and emoji). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

const ZERO = /^[\p{M}\p{Cf}\p{Cc}]+$/u;

const ASCII = /^[\x20-\x7e]*$/;

/** A character as a person sees it, with its width in Latin letters. */
export interface Cell {
  readonly text: string;
  /** 0, 1 or 2. */
  readonly width: number;
}

/** Splits text into what a person takes for one character (grapheme clusters). */
export function cells(text: string): Cell[] {
  return Array.from(segmentsOf(graphemes, text), ({ segment }) => ({
    text: segment,
    width: ZERO.test(segment) ? 0 : WIDE.test(segment) || segment.includes('\ufe0f') ? 2 : 1,
  }));
}

/** Width of `text` in Latin letters: grapheme clusters, full-width East Asian ones and emoji counted twice. */
export function cellWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  return cells(text).reduce((sum, cell) => sum + cell.width, 0);
}
