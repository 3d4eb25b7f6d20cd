import { UNSPACED_SCRIPTS } from '../foundation/script-spacing.ts';

const WORD = /[\p{L}\p{N}]/u;

/** Words in a text; where a script has no spaces, by dictionary (Unicode annex 29, as Node's ICU knows it). */
export function countWords(text: string): number {
  let words = 0;
  if (UNSPACED_SCRIPTS.test(text)) {
    for (const { isWordLike } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)) {
      if (isWordLike) words++;
    }
    return words;
  }
  for (const part of text.split(/\s+/u)) if (WORD.test(part)) words++;
  return words;
}
