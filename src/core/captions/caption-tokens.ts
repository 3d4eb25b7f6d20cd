import { UNSPACED_SCRIPTS } from '../foundation/script-spacing.ts';
import { segmentsOf } from '../foundation/text-segments.ts';

/** The smallest piece of text that a line may end behind. */
export interface CaptionToken {
  readonly text: string;
  /** Where it begins in the text it was cut from, in UTF-16 units. */
  readonly start: number;
  /** A space stands before it. */
  readonly spaced: boolean;
  /** It goes on where the token before it ended: no line may end between them. */
  readonly glued: boolean;
}

/** White space but for the no-break spaces, and controls. */
const CHUNK = /(?:(?![\p{Cc}\ufeff])(?:\S|[\u00a0\u2007\u202f]))+/gu;
const BREAKS = /^(?:[\p{Cc}\ufeff]|[^\S\u00a0\u2007\u202f])/u;
/** May not begin a line: closing marks, and what only lengthens or combines with the character before. */
const CLINGS_BEFORE =
  /^[\p{Pe}\p{Pf}\p{Po}\p{M}\p{Cf}\p{Lm}\p{Pd}ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ]/u;
/** May not end a line. */
const CLINGS_AFTER = /[\p{Ps}\p{Pi}]$/u;

const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/**
 * Cuts text where lines may end: at spaces, and between the words of scripts that are written without them.
 *
 * @param before the word that the text goes on from, without a space between; empty where there is none.
 */
export function captionTokens(text: string, before: string): CaptionToken[] {
  const tokens: CaptionToken[] = [];
  for (const chunk of text.matchAll(CHUNK)) {
    const spaced = chunk.index > 0 && BREAKS.test(text.slice(chunk.index - 1, chunk.index));
    let previous = chunk.index === 0 ? before : '';
    for (const { piece, start } of piecesOf(chunk[0])) {
      const first = start === 0;
      const glued = previous !== '' && !mayPart(previous, piece);
      const last = tokens.at(-1);
      if (glued && !first && last) tokens[tokens.length - 1] = { ...last, text: last.text + piece };
      else tokens.push({ text: piece, start: chunk.index + start, spaced: first && spaced, glued });
      previous = piece;
    }
  }
  return tokens;
}

function piecesOf(chunk: string): { readonly piece: string; readonly start: number }[] {
  if (!UNSPACED_SCRIPTS.test(chunk)) return [{ piece: chunk, start: 0 }];
  return Array.from(segmentsOf(words, chunk)).reduce<{ piece: string; start: number }[]>(
    (pieces, { segment }) => {
      const last = pieces.at(-1);
      pieces.push({ piece: segment, start: last ? last.start + last.piece.length : 0 });
      return pieces;
    },
    [],
  );
}

/** Whether a line may end between two pieces without a space between them. */
function mayPart(before: string, after: string): boolean {
  if (CLINGS_AFTER.test(before) || CLINGS_BEFORE.test(after)) return false;
  return UNSPACED_SCRIPTS.test(before) || UNSPACED_SCRIPTS.test(after);
}
