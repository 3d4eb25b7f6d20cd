import type { NativeToken } from './addon.ts';

/** Scripts written without spaces, where every token that completes a character counts as a word of its own. */
const WITHOUT_SPACES =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;

/** A word's text, as in the segment's, and how sure the model was of it (0 to 1). */
export interface TokenWord {
  readonly text: string;
  readonly probability: number;
}

/** One or more tokens whose bytes together are whole characters. */
interface Piece {
  readonly text: string;
  readonly probabilities: readonly number[];
}

/**
 * Groups a segment's text tokens into words. A piece of text that begins with a space begins a word;
 * everything else goes on the one before, so punctuation stays with its word and the words' texts joined
 * give the segment's text. Where a script has no spaces each piece is a word, as in OpenAI's
 * `split_tokens_on_unicode`.
 * @param tokens text tokens only, in order
 */
export function groupWords(tokens: readonly NativeToken[]): TokenWord[] {
  const groups: Piece[][] = [];
  for (const piece of joinCharacters(tokens)) {
    const last = groups.at(-1);
    if (!last || piece.text.startsWith(' ') || WITHOUT_SPACES.test(piece.text)) groups.push([piece]);
    else last.push(piece);
  }
  return groups.map((pieces) => ({
    text: pieces.map((piece) => piece.text).join(''),
    probability: Math.exp(averageLog(pieces.flatMap((piece) => piece.probabilities))),
  }));
}

/** Mean of the natural logarithms; a probability of 0 counts as 1e-10. */
export function averageLog(probabilities: readonly number[]): number {
  if (probabilities.length === 0) return 0;
  return probabilities.reduce((sum, p) => sum + Math.log(Math.max(p, 1e-10)), 0) / probabilities.length;
}

/** Joins tokens until their bytes are whole UTF-8 characters. What never becomes one shows as U+FFFD. */
function joinCharacters(tokens: readonly NativeToken[]): Piece[] {
  const pieces: Piece[] = [];
  let held: NativeToken[] = [];
  let bytes: number[] = [];
  const release = (): void => {
    if (held.length > 0) pieces.push(describePiece(held, bytes));
    held = [];
    bytes = [];
  };
  for (const token of tokens) {
    // What is held can only be completed by continuation bytes.
    if (token.bytes.length > 0 && !isContinuation(token.bytes[0])) release();
    held.push(token);
    bytes.push(...token.bytes);
    if (missingBytes(bytes) === 0) release();
  }
  release();
  return pieces;
}

function describePiece(tokens: readonly NativeToken[], bytes: readonly number[]): Piece {
  return {
    // The mark that starts some files is text here: nothing may get lost.
    text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes)),
    probabilities: tokens.map((token) => token.p),
  };
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0b1000_0000 && byte < 0b1100_0000;
}

/** Bytes that the last character still lacks; 0 where it is whole, or no UTF-8 at all. */
function missingBytes(bytes: readonly number[]): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte >= 0b1100_0000) {
      const length = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : 2;
      return Math.max(0, length - back);
    }
    // Anything but a continuation byte ends the search.
    if (byte < 0b1000_0000) return 0;
  }
  return 0;
}
