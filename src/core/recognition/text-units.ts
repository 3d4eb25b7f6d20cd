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
 * (`Intl.Segmenter`), whatever pieces the engine gave: what follows without a space is segmented as one.
 *
 * @param language two-letter code; picks the segmenter's dictionary.
 */
export function toTextUnits(words: readonly DecodedWord[], language: string): TextUnit[] {
  const segmenter = segmenterFor(language);
  const units: TextUnit[] = [];
  let leading = '';
  for (const run of unspacedRuns(words)) {
    for (const piece of segmenter.segment(run.map((word) => word.text).join(''))) {
      if (piece.isWordLike) {
        const sound = soundOf(run, piece.index, piece.index + piece.segment.length);
        const normalized = normalizeWord(piece.segment);
        units.push({ leading, word: piece.segment, trailing: '', normalized, ...sound });
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

/** Decoded words put together up to the next space. */
function unspacedRuns(words: readonly DecodedWord[]): DecodedWord[][] {
  const runs: DecodedWord[][] = [];
  for (const word of words) {
    const run = runs.at(-1);
    if (run && !/^\s/u.test(word.text)) run.push(word);
    else runs.push([word]);
  }
  return runs;
}

/** When the characters from `from` to `to` of a run are spoken, and how sure the engine was of them. */
function soundOf(
  run: readonly DecodedWord[],
  from: number,
  to: number,
): Pick<TextUnit, 'startMs' | 'endMs' | 'probability'> {
  let startMs = Number.POSITIVE_INFINITY;
  let endMs = 0;
  let probability = 1;
  let offset = 0;
  for (const word of run) {
    const start = Math.max(0, from - offset);
    const end = Math.min(word.text.length, to - offset);
    if (start < end) {
      startMs = Math.min(startMs, timeWithin(word, start));
      endMs = Math.max(endMs, timeWithin(word, end));
      probability = Math.min(probability, word.probability);
    }
    offset += word.text.length;
  }
  return { startMs, endMs, probability };
}

/** The time of a character: a word's time is shared out by length, but spaces and punctuation make no sound. */
function timeWithin(word: DecodedWord, index: number): number {
  const first = Math.max(0, word.text.search(/[\p{L}\p{N}]/u));
  const last = word.text.replace(/[^\p{L}\p{M}\p{N}]+$/u, '').length;
  const share = (index - first) / Math.max(1, last - first);
  return Math.round(word.startMs + (word.endMs - word.startMs) * Math.min(1, Math.max(0, share)));
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

/** The same units `byMs` later, but not before zero. */
export function shiftUnits(units: readonly TextUnit[], byMs: number): TextUnit[] {
  return units.map((unit) => ({
    ...unit,
    startMs: Math.max(0, unit.startMs + byMs),
    endMs: Math.max(0, unit.endMs + byMs),
  }));
}
