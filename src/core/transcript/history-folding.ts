import { UNSPACED_SCRIPTS } from '../foundation/script-spacing.ts';

/** Text as it is compared in a search, with the way back to the text it came from. */
export interface FoldedText {
  readonly text: string;
  /** For every character of `text`, where it began in the original. */
  readonly starts: readonly number[];
  /** For every character of `text`, where it ended in the original. */
  readonly ends: readonly number[];
}

/** Marks above and below Latin, Greek and Cyrillic letters, Hebrew points, Arabic vowel signs: people leave them out. */
const DIACRITICS = /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]/gu;
const WORD_CHARACTER = /[\p{L}\p{N}\p{M}]/u;
/** Letters that Unicode does not take apart, and people type without their stroke or as two. */
const UNDECOMPOSED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
};

const folded = new Map<string, string>();

/**
 * Folds text for comparing: case, diacritics and presentation forms (NFKD) do not count, and anything between
 * words, punctuation too, is one space. Between characters of scripts without spaces there is none.
 */
export function foldText(text: string): FoldedText {
  let result = '';
  const starts: number[] = [];
  const ends: number[] = [];
  const push = (character: string, start: number, end: number): void => {
    result += character;
    for (let unit = 0; unit < character.length; unit++) {
      starts.push(start);
      ends.push(end);
    }
  };
  let at = 0;
  let gap = false;
  let lastUnspaced = false;
  for (const character of text) {
    const end = at + character.length;
    const form = foldCharacter(character);
    if (form === ' ') {
      gap = result !== '';
    } else if (form === '') {
      // A mark: it belongs to what stands before it.
      if (ends.length > 0 && !gap) ends[ends.length - 1] = end;
    } else {
      const unspaced = UNSPACED_SCRIPTS.test(character);
      if (gap && !(unspaced && lastUnspaced)) push(' ', at, at);
      push(form, at, end);
      gap = false;
      lastUnspaced = unspaced;
    }
    at = end;
  }
  return { text: result, starts, ends };
}

/** One code point folded: a space for what is between words, nothing for a diacritic. */
function foldCharacter(character: string): string {
  const known = folded.get(character);
  if (known !== undefined) return known;
  const decomposed = character
    .normalize('NFKD')
    .replace(DIACRITICS, '')
    .toLowerCase()
    .replace(DIACRITICS, '');
  const form = Array.from(decomposed, (part) => UNDECOMPOSED[part] ?? part)
    .map((part) => (WORD_CHARACTER.test(part) ? part : ' '))
    .join('');
  const result = form.trim() === '' && form !== '' ? ' ' : form.trim();
  folded.set(character, result);
  return result;
}

/**
 * Folds a long text at once, without the way back and with what is between words left as it is: every word of
 * {@link foldText} is in it, many times faster.
 */
export function foldRoughly(text: string): string {
  if (/^\p{ASCII}*$/u.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(DIACRITICS, '')
    .toLowerCase()
    .replace(DIACRITICS, '')
    .replace(/[ßæœøłđðþıς]/gu, (letter) => UNDECOMPOSED[letter] ?? letter);
}
