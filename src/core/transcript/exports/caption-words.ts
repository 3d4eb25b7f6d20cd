import { joinsWithSpace, joinTexts } from '../../foundation/script-spacing.ts';
import { segmentsOf } from '../../foundation/text-segments.ts';
import { type Cell, cells, cellWidth } from '../../foundation/text-width.ts';
import type { TranscriptSegment } from '../transcript.ts';
import { cleanText, isUnspaced, visibleParts } from './clean-text.ts';
import { SpanReader, spokenSpans, withoutSpaces } from './segment-times.ts';

/** The least a line can be broken at: a word, or a piece of one that is too wide for a line. */
export interface CaptionWord {
  readonly text: string;
  /** In Latin letters. */
  readonly width: number;
  /** Whether a space parts it from the word before. */
  readonly spaced: boolean;
  /** Whether it goes on with the word before, which was too wide for a line. */
  readonly continues: boolean;
  readonly language: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Where a word that is too wide for a line is cut, if its line is filled this far. */
const CUT_BEHIND = /[-/_.?&=,;:+~–—、。，！？…]$/u;
const CUT_FROM_SHARE = 0.6;

/**
 * The words of all segments, in order of the segments' start times, with times that never run backwards. No
 * character of the text is lost but white space and controls.
 *
 * @param maxWidth of a word; wider ones are cut between characters. At least 2.
 */
export function captionWords(segments: readonly TranscriptSegment[], maxWidth: number): CaptionWord[] {
  const ordered = inOrderOfTime(segments);
  const words: CaptionWord[] = [];
  for (const [index, segment] of ordered.entries()) {
    const text = segmentText(segment);
    if (text === '') continue;
    const earliestMs = words.at(-1)?.endMs ?? 0;
    const nextStartMs = ordered[index + 1]?.startMs ?? Number.POSITIVE_INFINITY;
    const times = new SpanReader(spokenSpans(segment, text, earliestMs, nextStartMs));
    let offset = 0;
    for (const piece of pieces(text, segment.language, maxWidth)) {
      const end = offset + withoutSpaces(piece.text).length;
      const before = words.at(-1);
      words.push({
        ...piece,
        spaced: offset === 0 ? before !== undefined && joinsWithSpace(before.text, piece.text) : piece.spaced,
        width: cellWidth(piece.text),
        language: segment.language,
        ...times.timeOf(offset, end),
      });
      offset = end;
    }
  }
  return words;
}

/** The segment's text on one line; that of its words where it has none of its own. */
export function segmentText(segment: TranscriptSegment): string {
  const text = cleanText(segment.text);
  if (text !== '') return text;
  return joinTexts((segment.words ?? []).map((word) => cleanText(word.text)).filter((word) => word !== ''));
}

/**
 * Segments by start time, which is a number from 0 on after this; one without a time starts with the segment
 * before. Those that start together keep their order.
 */
export function inOrderOfTime(segments: readonly TranscriptSegment[]): TranscriptSegment[] {
  let latest = 0;
  return segments
    .map((segment) => {
      if (Number.isFinite(segment.startMs)) latest = Math.max(0, Math.round(segment.startMs));
      return { ...segment, startMs: latest };
    })
    .sort((a, b) => a.startMs - b.startMs);
}

type Piece = Pick<CaptionWord, 'text' | 'spaced' | 'continues'>;

function pieces(text: string, language: string, maxWidth: number): Piece[] {
  return visibleParts(text).flatMap((part) =>
    dictionaryWords(part, language).flatMap((word, wordIndex) =>
      cutToWidth(word, maxWidth).map((piece, pieceIndex) => ({
        text: piece,
        spaced: wordIndex === 0 && pieceIndex === 0,
        continues: pieceIndex > 0,
      })),
    ),
  );
}

/** Text between two spaces as words; closing punctuation stays with the word before, opening with the next. */
function dictionaryWords(part: string, language: string): string[] {
  if (!isUnspaced(part)) return [part];
  const words: string[] = [];
  let opening = '';
  for (const { segment, isWordLike } of segmentsOf(segmenterFor(language), part)) {
    if (isWordLike) {
      words.push(opening + segment);
      opening = '';
    } else if (words.length === 0 || opening !== '' || /^[\p{Ps}\p{Pi}]+$/u.test(segment)) {
      opening += segment;
    } else {
      words[words.length - 1] += segment;
    }
  }
  if (opening !== '') words.push(opening);
  return words;
}

const segmenters = new Map<string, Intl.Segmenter>();

function segmenterFor(language: string): Intl.Segmenter {
  let segmenter = segmenters.get(language);
  if (!segmenter) {
    const known = /^[a-z]{2,3}$/u.test(language) ? language : undefined;
    segmenter = new Intl.Segmenter(known, { granularity: 'word' });
    segmenters.set(language, segmenter);
  }
  return segmenter;
}

function cutToWidth(word: string, maxWidth: number): string[] {
  if (cellWidth(word) <= maxWidth) return [word];
  const cut: string[] = [];
  let line: Cell[] = [];
  let width = 0;
  for (const cell of cells(word)) {
    if (width + cell.width > maxWidth) {
      const keep = goodCut(line);
      cut.push(textOf(line.slice(0, keep)));
      line = line.slice(keep);
      width = line.reduce((sum, { width }) => sum + width, 0);
    }
    line.push(cell);
    width += cell.width;
  }
  if (line.length > 0) cut.push(textOf(line));
  return cut;
}

/** How many cells of a full line to keep: up to the last mark that a long word may be cut behind. */
function goodCut(line: readonly Cell[]): number {
  for (let keep = line.length; keep > line.length * CUT_FROM_SHARE; keep--) {
    if (CUT_BEHIND.test((line[keep - 1] as Cell).text)) return keep;
  }
  return line.length;
}

function textOf(line: readonly Cell[]): string {
  return line.map((cell) => cell.text).join('');
}
