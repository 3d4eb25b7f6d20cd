import type { NativeToken } from './addon.ts';
import type { DecodedWord } from './engine.ts';

/**
 * Groups tokens into words: a token that begins with a space begins a word, everything else goes on the one
 * before. So punctuation stays with its word, and the words' texts joined give the segment's text.
 * @param tokens the segment's tokens, special ones already removed
 */
export function groupWords(tokens: readonly NativeToken[]): DecodedWord[] {
  const groups: NativeToken[][] = [];
  for (const token of tokens) {
    const last = groups.at(-1);
    if (!last || token.text.startsWith(' ')) groups.push([token]);
    else last.push(token);
  }
  return groups.map((group) => ({
    text: group.map((token) => token.text).join(''),
    startMs: group[0]?.from ?? 0,
    endMs: group.at(-1)?.to ?? 0,
    probability: group.reduce((product, token) => product * token.p, 1) ** (1 / group.length),
  }));
}
