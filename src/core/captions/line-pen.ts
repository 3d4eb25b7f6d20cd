import { cells } from '../foundation/text-width.ts';
import type { CaptionToken } from './caption-tokens.ts';

/** What a line holds and how text is measured. */
export interface LineMeasure {
  /** Width of a line. */
  readonly lineWidth: number;
  /** Width of text, in the unit of `lineWidth`. */
  readonly widthOf: (text: string) => number;
}

/** Part of a token, on the line it stands on. */
export interface Placement {
  /** Counted from the first line of the session. */
  readonly line: number;
  readonly text: string;
  /** A space stands before it on its line. */
  readonly spaced: boolean;
  readonly width: number;
}

/** How full a line must be for a sentence, or a clause, to end it. */
const SENTENCE_FILL = 0.6;
const CLAUSE_FILL = 0.8;
/** A short word is kept for the next line where less room than this would be left behind it. */
const SHORT_WORD = /^\p{Ll}{1,3}$/u;
const ROOM_BEHIND_SHORT_WORD = 4;

const CLOSING_MARKS = '["\'\\u2019\\u201d\\u00bb)\\]」』）】]*';
const SENTENCE_END = new RegExp(`[.!?…。！？؟।]${CLOSING_MARKS}$`, 'u');
const CLAUSE_END = new RegExp(`[,;:،、，؛；：—–]${CLOSING_MARKS}$`, 'u');
const MARK_END = /[\p{P}\p{S}]$/u;
const WIDE_END = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]$/u;

/**
 * Where the next word goes. The place of a word follows from the words before it and never from those behind it, so
 * words stay where they are when they become stable.
 */
export interface Pen {
  line: number;
  /** Of what stands on the line. */
  width: number;
  /** Nothing but the rest of the last word goes on this line. */
  closed: boolean;
  /** The last word so far, with its marks. */
  word: string;
  /** A space follows the last word. */
  spacePending: boolean;
}

/** Places a token and moves the pen behind it. A token wider than a line is broken between graphemes. */
export function placeToken(pen: Pen, token: CaptionToken, measure: LineMeasure): Placement[] {
  const { lineWidth, widthOf } = measure;
  const spaced = token.spaced || pen.spacePending;
  const glued = token.glued && !pen.spacePending;
  if (!glued && pen.width > 0 && partsBefore(pen, token.text, spaced, measure)) newLine(pen);
  const gap = spaced && !glued && pen.width > 0 ? 1 : 0;
  pen.word = glued ? pen.word + token.text : token.text;
  pen.spacePending = false;
  const width = widthOf(token.text);
  if (pen.width + gap + width <= lineWidth) {
    pen.width += gap + width;
    return [{ line: pen.line, text: token.text, spaced: gap > 0, width }];
  }
  return broken(pen, token.text, measure);
}

function partsBefore(pen: Pen, text: string, spaced: boolean, { lineWidth, widthOf }: LineMeasure): boolean {
  if (pen.closed) return true;
  const end = pen.width + (spaced ? 1 : 0) + widthOf(text);
  if (end + markRoom(text) > lineWidth) return true;
  if (SENTENCE_END.test(pen.word) && pen.width >= lineWidth * SENTENCE_FILL) return true;
  if (CLAUSE_END.test(pen.word) && pen.width >= lineWidth * CLAUSE_FILL) return true;
  return SHORT_WORD.test(text) && lineWidth - end < ROOM_BEHIND_SHORT_WORD;
}

/** A stable word may still get its full stop, which shall not have to begin the next line. */
function markRoom(text: string): number {
  if (MARK_END.test(text)) return 0;
  return WIDE_END.test(text) ? 2 : 1;
}

function broken(pen: Pen, text: string, { lineWidth, widthOf }: LineMeasure): Placement[] {
  const placements: Placement[] = [];
  let part = { text: '', width: 0 };
  const put = () => {
    if (part.text !== '') placements.push({ line: pen.line, ...part, spaced: false });
    pen.width += part.width;
    part = { text: '', width: 0 };
  };
  for (const grapheme of cells(text)) {
    const width = widthOf(grapheme.text);
    const used = pen.width + part.width;
    if (used > 0 && used + width > lineWidth) {
      put();
      newLine(pen);
    }
    part = { text: part.text + grapheme.text, width: part.width + width };
  }
  put();
  return placements;
}

function newLine(pen: Pen): void {
  pen.line++;
  pen.width = 0;
  pen.closed = false;
}

/** Whether so much of the line is used that it may stay as it is, whatever comes. */
export function isWellFilled(pen: Pen, { lineWidth }: LineMeasure): boolean {
  return pen.width >= lineWidth * SENTENCE_FILL;
}
