/** Finds a character of a script that does not put spaces between words. */
export const UNSPACED_SCRIPTS =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** What closes up to its neighbours: Chinese and Japanese letters and their full-width punctuation. */
const CLOSES_UP = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303f\u30fc\uff01-\uff65]/u;

/** Whether a space belongs between two texts that are written one behind the other. */
export function joinsWithSpace(before: string, after: string): boolean {
  if (before === '' || after === '') return false;
  return !(CLOSES_UP.test(lastCharacter(before)) && CLOSES_UP.test(firstCharacter(after)));
}

/** Texts one behind the other, as their scripts are written. */
export function joinTexts(texts: readonly string[]): string {
  return texts
    .map((text, index) => (joinsWithSpace(texts[index - 1] ?? '', text) ? ' ' : '') + text)
    .join('');
}

function firstCharacter(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0);
}

function lastCharacter(text: string): string {
  return Array.from(text.slice(-2)).at(-1) ?? '';
}
