import type { DecodedWord } from '../engine/engine.ts';

/**
 * The smallest piece of text that can become stable: one word with what stands around it. Units
 * concatenate to the text they were made of, so text is never rebuilt from normalised words.
 */
export interface TextUnit {
  /** Spaces and opening punctuation before the word. */
  readonly leading: string;
  readonly word: string;
  /** Punctuation and closing marks after the word. */
  readonly trailing: string;
  /** The word for comparing: case, width and apostrophes folded. */
  readonly normalized: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly probability: number;
}

const segmenters = new Map<string, Intl.Segmenter>();

function segmenterFor(language: string): Intl.Segmenter {
  let segmenter = segmenters.get(language);
  if (!segmenter) {
    segmenter = new Intl.Segmenter(language, { granularity: 'word' });
    segmenters.set(language, segmenter);
  }
  return segmenter;
}

/** Folds what must not count when two hypotheses are compared. */
export function normalizeWord(word: string): string {
  return word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc]/gu, "'");
}

/**
 * Splits decoded words into units. Languages written without spaces get a unit per dictionary word
 * (`Intl.Segmenter`), whose times are shared out by length.
 *
 * @param language two-letter code; picks the segmenter's dictionary.
 */
export function toTextUnits(words: readonly DecodedWord[], language: string): TextUnit[] {
  const segmenter = segmenterFor(language);
  const units: TextUnit[] = [];
  let leading = '';
  for (const word of words) {
    const pieces = [...segmenter.segment(word.text)];
    // Spaces and punctuation make no sound: the word's time is shared out among its word-like pieces.
    const spoken = pieces.filter((piece) => piece.isWordLike);
    const from = spoken[0]?.index ?? 0;
    const last = spoken.at(-1);
    const length = Math.max(1, (last ? last.index + last.segment.length : 0) - from);
    const timeAt = (index: number) =>
      Math.round(word.startMs + ((word.endMs - word.startMs) * (index - from)) / length);
    for (const piece of pieces) {
      if (piece.isWordLike) {
        units.push({
          leading,
          word: piece.segment,
          trailing: '',
          normalized: normalizeWord(piece.segment),
          startMs: timeAt(piece.index),
          endMs: timeAt(piece.index + piece.segment.length),
          probability: word.probability,
        });
        leading = '';
      } else if (opensWord(piece.segment) || units.length === 0 || leading !== '') {
        leading += piece.segment;
      } else {
        const last = units[units.length - 1] as TextUnit;
        units[units.length - 1] = { ...last, trailing: last.trailing + piece.segment };
      }
    }
  }
  return units;
}

/** Spaces and opening marks belong to the word that follows; all else closes the word before. */
function opensWord(text: string): boolean {
  return /^[\s\p{Ps}\p{Pi}¿¡]+$/u.test(text);
}

/** The text of units as it was decoded. */
export function unitsText(units: readonly TextUnit[]): string {
  return units.map((unit) => unit.leading + unit.word + unit.trailing).join('');
}

/** Whether a sentence ends with this unit. */
export function endsSentence(unit: TextUnit): boolean {
  return /[.!?…。！？]/u.test(unit.trailing);
}

/** Whether a clause, or a sentence, ends with this unit. */
export function endsClause(unit: TextUnit): boolean {
  return /[,;:.!?…、，；：。！？—–]/u.test(unit.trailing);
}
