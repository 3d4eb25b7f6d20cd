import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addWordErrors,
  alignWords,
  countWordErrors,
  normalizeWords,
  totalWordErrors,
  wordErrorRate,
} from '../../../src/core/transcript/word-error-rate.ts';

/** The starter model's own evaluation (`train/eval.js`), which our numbers must be comparable with. */
function evaluationWords(text: string): string[] {
  return text
    .toLowerCase()
    .replace(/-/g, ' ')
    .replace(/[^a-z0-9' ]+/g, ' ')
    .split(/\s+/)
    .filter(Boolean);
}

function editDistance(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const [headA, ...restA] = a;
  const [headB, ...restB] = b;
  if (headA === headB) return editDistance(restA, restB);
  return 1 + Math.min(editDistance(restA, restB), editDistance(restA, b), editDistance(a, restB));
}

const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 });

describe('word error rate', () => {
  test('ignores case, punctuation and hyphens', () => {
    const errors = countWordErrors('Turn to page ninety-five, please.', 'turn to PAGE ninety five please');
    expect(errors).toEqual({ substitutions: 0, insertions: 0, deletions: 0, referenceWords: 6 });
  });

  test('tells substitutions, insertions and deletions apart', () => {
    expect(countWordErrors('the box is short', 'the fox is very short')).toEqual({
      substitutions: 1,
      insertions: 1,
      deletions: 0,
      referenceWords: 4,
    });
    expect(countWordErrors('the box is short', 'box is short')).toMatchObject({ deletions: 1 });
  });

  test('normalises English as the evaluation of the starter model does', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."abZ9'-., !\n\t") }), (text) => {
        expect(normalizeWords(text)).toEqual(evaluationWords(text));
      }),
    );
  });

  test('keeps the letters of other scripts', () => {
    expect(normalizeWords('Größe – 字幕, Élan')).toEqual(['größe', '字幕', 'élan']);
  });

  test('treats a typographic apostrophe as a plain one', () => {
    expect(normalizeWords('Let\u2019s go')).toEqual(["let's", 'go']);
  });

  test('counts as many errors as the edit distance, whatever the words', () => {
    fc.assert(
      fc.property(words, words, (reference, hypothesis) => {
        const errors = countWordErrors(reference.join(' '), hypothesis.join(' '));
        expect(totalWordErrors(errors)).toBe(editDistance(reference, hypothesis));
      }),
    );
  });

  test('aligns every word of both sides exactly once and in order', () => {
    fc.assert(
      fc.property(words, words, (reference, hypothesis) => {
        const steps = alignWords(reference, hypothesis);
        expect(steps.map((step) => step.reference).filter((index) => index >= 0)).toEqual([
          ...reference.keys(),
        ]);
        expect(steps.map((step) => step.hypothesis).filter((index) => index >= 0)).toEqual([
          ...hypothesis.keys(),
        ]);
      }),
    );
  });

  test('pairs unfinished speech with the beginning of the reference', () => {
    const steps = alignWords(['the', 'cat', 'and', 'the', 'dog'], ['the'], { openEnd: true });
    expect(steps).toEqual([{ kind: 'hit', reference: 0, hypothesis: 0 }]);
  });

  test('weighs words, not clips, when errors are added up', () => {
    const sum = addWordErrors(countWordErrors('a b c', 'a b c'), countWordErrors('d', 'x'));
    expect(wordErrorRate(sum)).toBe(0.25);
  });

  test('is 1 when words were made up where nothing was said', () => {
    expect(wordErrorRate(countWordErrors('', 'thanks for watching'))).toBe(1);
    expect(wordErrorRate(countWordErrors('', ''))).toBe(0);
  });
});
