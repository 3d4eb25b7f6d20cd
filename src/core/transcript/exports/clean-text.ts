import { UNSPACED_SCRIPTS } from '../../foundation/script-spacing.ts';

/** What may be broken or closed up: controls and white space but for the no-break spaces. */
const BREAKING = /[\p{Cc}\p{Zl}\p{Zp}\ufeff]|[^\S\u00a0\u2007\u202f]/u;
const BREAKING_RUN = new RegExp(`(?:${BREAKING.source})+`, 'gu');
const NO_BREAK_RUN = /[\u00a0\u2007\u202f]{2,}/gu;
const EDGES = /^[\u00a0\u2007\u202f]+|[\u00a0\u2007\u202f]+$/gu;
const INVISIBLE = /^[\s\p{Cf}]*$/u;

/**
 * Text on one line, as every export writes it: control characters and line breaks become spaces, runs of spaces
 * one, and half a surrogate pair, which no file can hold, U+FFFD. Marks that order right-to-left text stay.
 */
export function cleanText(text: string): string {
  return visibleParts(text).join(' ');
}

/** {@link cleanText}, cut at its spaces. No-break spaces hold a part together. */
export function visibleParts(text: string): string[] {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(BREAKING_RUN, ' ')
    .split(' ')
    .map((part) => part.replace(EDGES, '').replace(NO_BREAK_RUN, '\u00a0'))
    .filter((part) => !INVISIBLE.test(part));
}

/** Whether words of the text may follow each other without a space. */
export function isUnspaced(text: string): boolean {
  return UNSPACED_SCRIPTS.test(text);
}
