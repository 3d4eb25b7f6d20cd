/** How one word of a hypothesis relates to the reference. */
export type AlignmentKind = 'hit' | 'substitution' | 'insertion' | 'deletion';

/** One step of an alignment; the index that the kind does not have is -1. */
export interface AlignedWord {
  readonly kind: AlignmentKind;
  readonly reference: number;
  readonly hypothesis: number;
}

/** Errors of one or more transcripts against their references. */
export interface WordErrors {
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
  readonly referenceWords: number;
}

export const NO_WORD_ERRORS: WordErrors = {
  substitutions: 0,
  insertions: 0,
  deletions: 0,
  referenceWords: 0,
};

/**
 * Words as they are compared: lower case, hyphens opened, everything dropped that is no letter, digit or
 * apostrophe. For English this is the normalisation the starter model was evaluated with; other scripts
 * keep their letters.
 */
export function normalizeWords(text: string): string[] {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('\u2019', "'")
    .replace(/[^\p{L}\p{M}\p{N}']+/gu, ' ')
    .split(' ')
    .filter((word) => word !== '');
}

/**
 * Errors of `hypothesis` against `reference`, both plain text, counted on {@link normalizeWords}.
 */
export function countWordErrors(reference: string, hypothesis: string): WordErrors {
  const referenceWords = normalizeWords(reference);
  const counts = { hit: 0, substitution: 0, insertion: 0, deletion: 0 };
  for (const { kind } of alignWords(referenceWords, normalizeWords(hypothesis))) counts[kind]++;
  return {
    substitutions: counts.substitution,
    insertions: counts.insertion,
    deletions: counts.deletion,
    referenceWords: referenceWords.length,
  };
}

/** Sums errors, so that a rate over many clips weighs each word once. */
export function addWordErrors(a: WordErrors, b: WordErrors): WordErrors {
  return {
    substitutions: a.substitutions + b.substitutions,
    insertions: a.insertions + b.insertions,
    deletions: a.deletions + b.deletions,
    referenceWords: a.referenceWords + b.referenceWords,
  };
}

/** All errors together. */
export function totalWordErrors(errors: WordErrors): number {
  return errors.substitutions + errors.insertions + errors.deletions;
}

/** Errors ÷ reference words; above 1 where more was made up than was said. Without a reference: 0 or 1. */
export function wordErrorRate(errors: WordErrors): number {
  const total = totalWordErrors(errors);
  if (errors.referenceWords === 0) return total === 0 ? 0 : 1;
  return total / errors.referenceWords;
}

/**
 * Aligns two word lists at the lowest edit distance (Levenshtein; every error costs 1). Among equal
 * alignments words are paired before they are inserted or deleted.
 *
 * @param options.openEnd the hypothesis may stop anywhere in the reference: what the reference has
 *   beyond is neither counted nor listed. For a hypothesis of speech that still goes on.
 * @returns the steps in order. Memory is `(reference + 1) × (hypothesis + 1)` × 4 bytes.
 */
export function alignWords(
  reference: readonly string[],
  hypothesis: readonly string[],
  options: { openEnd?: boolean } = {},
): AlignedWord[] {
  const rows = reference.length + 1;
  const columns = hypothesis.length + 1;
  const cost = new Uint32Array(rows * columns);
  const at = (row: number, column: number): number => cost[row * columns + column] as number;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (row === 0 || column === 0) {
        cost[row * columns + column] = row + column;
        continue;
      }
      const differs = reference[row - 1] === hypothesis[column - 1] ? 0 : 1;
      cost[row * columns + column] = Math.min(
        at(row - 1, column - 1) + differs,
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
      );
    }
  }

  let row = rows - 1;
  let column = columns - 1;
  if (options.openEnd === true) {
    for (let end = 0; end < rows; end++) if (at(end, column) < at(row, column)) row = end;
  }
  const steps: AlignedWord[] = [];
  while (row > 0 || column > 0) {
    const here = at(row, column);
    const paired = row > 0 && column > 0;
    if (paired && reference[row - 1] === hypothesis[column - 1] && here === at(row - 1, column - 1)) {
      steps.push({ kind: 'hit', reference: --row, hypothesis: --column });
    } else if (paired && here === at(row - 1, column - 1) + 1) {
      steps.push({ kind: 'substitution', reference: --row, hypothesis: --column });
    } else if (row > 0 && here === at(row - 1, column) + 1) {
      steps.push({ kind: 'deletion', reference: --row, hypothesis: -1 });
    } else {
      steps.push({ kind: 'insertion', reference: -1, hypothesis: --column });
    }
  }
  return steps.reverse();
}
