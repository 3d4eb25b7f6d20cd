import type { CaptionWord } from './caption-words.ts';
import { languageWords } from './language-words.ts';

/**
 * What a break before a word costs the reader, from a sentence's end (nothing) to the middle of a word. The
 * order is Netflix's ("Line Treatment": behind punctuation, before conjunctions and prepositions, never between
 * an article and its noun, a first and a last name, a pronoun or an auxiliary and its verb); the numbers were
 * set by reading what came out.
 */
const COST = {
  sentence: 0,
  strongClause: 15,
  clause: 30,
  beforeClauseWord: 40,
  beforeJoining: 52,
  beforeLeading: 60,
  betweenWords: 80,
  behindAuxiliary: 120,
  clinging: 170,
  ending: 250,
  punctuation: 300,
  insideWord: 400,
} as const;

/** A pause of this length makes any break as good as it can get. */
const FULL_PAUSE_MS = 600;
const SHORTEST_PAUSE_MS = 120;
/** How much of a break's cost a full pause takes away; people do stop to think behind "the". */
const PAUSE_DISCOUNT = 0.75;
const CLINGING_PAUSE_DISCOUNT = 0.4;

const CLOSING_MARKS = '["\'\\u2019\\u201d\\u00bb)\\]」』）】]*';
const SENTENCE_END = new RegExp(`[.!?…。！？؟।]${CLOSING_MARKS}$`, 'u');
const STRONG_CLAUSE_END = new RegExp(`[;:؛；：—–]${CLOSING_MARKS}$`, 'u');
const CLAUSE_END = new RegExp(`[,،、，]${CLOSING_MARKS}$`, 'u');
/** Ends no sentence where the next word is in lower case, but a clause. */
const EXCLAIMS = /[!?…！？؟]/u;
const INITIAL = /^\p{Lu}\.$/u;
const ORDINAL = /^\d+\.$/u;
const ONLY_MARKS = /^[\p{P}\p{S}]+$/u;
const ONLY_OPENING = /^[\p{Ps}\p{Pi}¿¡«-]+$/u;
const ENDS_IN_DIGIT = /\d$/u;
const BEGINS_IN_HIRAGANA = /^\p{Script=Hiragana}/u;
const ENDS_IN_HIRAGANA = /\p{Script=Hiragana}$/u;
const NAME_LIKE = /^\p{Lu}[\p{Ll}\p{M}’'-]*$/u;

/** Whether a sentence ends between two words that follow each other. */
export function endsSentence(before: CaptionWord, after: CaptionWord | undefined): boolean {
  const { text } = before;
  if (!SENTENCE_END.test(text)) return false;
  if (after === undefined) return true;
  if (after.continues) return false;
  if (/^\p{Ll}/u.test(after.text)) return false;
  if (!text.endsWith('.')) return true;
  if (INITIAL.test(text) && text !== 'I.') return false;
  if (ORDINAL.test(text) && before.language === 'de') return false;
  return !languageWords(before.language)?.abbreviations.has(text.toLowerCase());
}

/** Whether a semicolon, a colon or a dash closes the word. */
export function endsStrongClause(word: CaptionWord): boolean {
  return STRONG_CLAUSE_END.test(word.text);
}

/** Cost of ending a line or a caption between two words that follow each other. */
export function breakCost(before: CaptionWord, after: CaptionWord): number {
  const cost = grammaticalCost(before, after);
  const pause = pauseBetween(before, after);
  if (pause < SHORTEST_PAUSE_MS || cost >= COST.punctuation) return cost;
  const discount = cost >= COST.clinging ? CLINGING_PAUSE_DISCOUNT : PAUSE_DISCOUNT;
  return cost * (1 - discount * Math.min(1, pause / FULL_PAUSE_MS));
}

/** Silence between two words, in milliseconds. */
export function pauseBetween(before: CaptionWord, after: CaptionWord): number {
  return Math.max(0, after.startMs - before.endMs);
}

function grammaticalCost(before: CaptionWord, after: CaptionWord): number {
  if (after.continues) return COST.insideWord;
  if (ONLY_OPENING.test(before.text)) return COST.punctuation;
  if (ONLY_MARKS.test(after.text) && !ONLY_OPENING.test(after.text)) return COST.punctuation;
  if (endsSentence(before, after)) return COST.sentence;
  if (endsStrongClause(before)) return COST.strongClause;
  if (CLAUSE_END.test(before.text) || EXCLAIMS.test(before.text)) return COST.clause;
  const lists = languageWords(before.language);
  const last = before.text.toLowerCase();
  const next = after.text.toLowerCase().replace(/[\p{P}\p{S}]+$/u, '');
  if (lists?.trailing.has(next) && !after.spaced) return COST.clinging;
  if (before.language === 'ja' && !after.spaced) return japaneseCost(before.text, after.text);
  if (lists && (lists.leading.has(last) || lists.joining.has(last) || lists.clause.has(last))) {
    return COST.clinging;
  }
  if (ENDS_IN_DIGIT.test(before.text) || ORDINAL.test(before.text)) return COST.behindAuxiliary;
  if (lists?.auxiliary.has(last)) return COST.behindAuxiliary;
  if (lists?.clause.has(next)) return COST.beforeClauseWord;
  if (lists?.joining.has(next)) return COST.beforeJoining;
  if (lists?.leading.has(next) || lists?.auxiliary.has(next)) return COST.beforeLeading;
  if (before.language !== 'de' && NAME_LIKE.test(before.text) && NAME_LIKE.test(after.text)) {
    return COST.behindAuxiliary;
  }
  if (lists?.trailing.has(last) || (isUnspacedGap(before) && after.spaced)) return COST.beforeLeading;
  return COST.betweenWords;
}

/** In text without spaces a space stands where other scripts have a comma. */
function isUnspacedGap(before: CaptionWord): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u.test(
    before.text,
  );
}

/** A Japanese phrase begins in kanji, katakana or a bracket and ends in hiragana: endings and particles. */
function japaneseCost(before: string, after: string): number {
  const lists = languageWords('ja');
  if (lists?.leading.has(before)) return COST.clinging;
  if (!ENDS_IN_HIRAGANA.test(before)) return COST.behindAuxiliary;
  if (!BEGINS_IN_HIRAGANA.test(after)) return COST.beforeLeading;
  return lists?.trailing.has(before) ? COST.betweenWords : COST.ending;
}
