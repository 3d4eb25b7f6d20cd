import type { TextUnit } from '../recognition/text-units.ts';

/** The same word is placed this far apart at most by two decodes that heard it with different surroundings. */
const SAME_WORD_MS = 800;

/**
 * Joins what two decodes heard on both sides of a cut through speech. Both heard the surroundings of the cut, so
 * words there appear twice: they are aligned (longest common subsequence of the normalised words that also lie
 * near each other in time), and the text changes over at the agreed word nearest to the cut, where both have
 * the most context. Where they agree on nothing, each keeps the words on its own side.
 *
 * After the chunked inference of Transformers' speech recognition pipeline
 * (https://huggingface.co/blog/asr-chunking), which drops fixed strides; times here are estimates, hence the words.
 *
 * @param left words of the decode before the cut, in order; times in milliseconds from the same zero as `right`.
 * @param cutMs where the audio was cut.
 * @param overlapMs how far each decode reaches over the cut.
 */
export function joinAtCut(
  left: readonly TextUnit[],
  right: readonly TextUnit[],
  cutMs: number,
  overlapMs: number,
): TextUnit[] {
  const firstLeft = firstIndex(left, (unit) => unit.endMs > cutMs - overlapMs - SAME_WORD_MS);
  const behindRight = firstIndex(right, (unit) => unit.startMs > cutMs + overlapMs + SAME_WORD_MS);
  const agreed = commonWords(left.slice(firstLeft), right.slice(0, behindRight)).map((pair) => ({
    left: pair.left + firstLeft,
    right: pair.right,
  }));
  const change = nearestAgreement(left, right, agreed, cutMs);
  if (change) return [...left.slice(0, change.left), ...right.slice(change.right)];
  return joinByTime(left, right, cutMs);
}

interface WordPair {
  readonly left: number;
  readonly right: number;
}

/** Pairs of the longest common subsequence; the overlap holds a few dozen words at most. */
function commonWords(left: readonly TextUnit[], right: readonly TextUnit[]): WordPair[] {
  const columns = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * columns);
  const at = (row: number, column: number) => lengths[row * columns + column] as number;
  const same = (row: number, column: number) => isSameWord(left[row], right[column]);
  for (let row = left.length - 1; row >= 0; row--) {
    for (let column = right.length - 1; column >= 0; column--) {
      lengths[row * columns + column] = same(row, column)
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const pairs: WordPair[] = [];
  for (let row = 0, column = 0; row < left.length && column < right.length; ) {
    if (same(row, column) && at(row, column) === at(row + 1, column + 1) + 1) {
      pairs.push({ left: row++, right: column++ });
    } else if (at(row + 1, column) >= at(row, column + 1)) row++;
    else column++;
  }
  return pairs;
}

function isSameWord(left: TextUnit | undefined, right: TextUnit | undefined): boolean {
  if (!left || !right || left.normalized !== right.normalized) return false;
  return Math.abs(middle(left) - middle(right)) <= SAME_WORD_MS;
}

/**
 * The agreed word to change over at: that of the longest run of agreement, and in it the nearest to the cut. A word
 * on its own may have been met by chance.
 */
function nearestAgreement(
  left: readonly TextUnit[],
  right: readonly TextUnit[],
  agreed: readonly WordPair[],
  cutMs: number,
): WordPair | null {
  let best: WordPair | null = null;
  let bestRun = 0;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const pair of agreed) {
    // Three in a row are certain; the place then matters more than how many more follow.
    const run = Math.min(3, runLength(agreed, pair));
    const distance = Math.abs(
      (middle(left[pair.left] as TextUnit) + middle(right[pair.right] as TextUnit)) / 2 - cutMs,
    );
    if (run > bestRun || (run === bestRun && distance < bestDistance)) {
      best = pair;
      bestRun = run;
      bestDistance = distance;
    }
  }
  return best;
}

/** How many agreed words in a row, without any other between, this pair is one of. */
function runLength(agreed: readonly WordPair[], pair: WordPair): number {
  const holds = (offset: number) =>
    agreed.some((other) => other.left === pair.left + offset && other.right === pair.right + offset);
  let length = 1;
  for (let offset = 1; holds(offset); offset++) length++;
  for (let offset = -1; holds(offset); offset--) length++;
  return length;
}

function joinByTime(left: readonly TextUnit[], right: readonly TextUnit[], cutMs: number): TextUnit[] {
  return [...left.filter((unit) => middle(unit) < cutMs), ...right.filter((unit) => middle(unit) >= cutMs)];
}

function middle(unit: TextUnit): number {
  return (unit.startMs + unit.endMs) / 2;
}

function firstIndex(units: readonly TextUnit[], matches: (unit: TextUnit) => boolean): number {
  const index = units.findIndex(matches);
  return index < 0 ? units.length : index;
}
