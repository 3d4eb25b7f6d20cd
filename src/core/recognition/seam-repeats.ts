import type { TextUnit } from './text-units.ts';

/** A repeat this short a word was not spoken again: it is the sound left over at the cut. */
const SEAM_WORD_MS = 150;

/**
 * How many words at the start of a hypothesis only repeat the end of the text before it: the sound of the last
 * word reaches over the cut. A word that was really said again takes its time, so only hasty ones count.
 */
export function countSeamRepeats(units: readonly TextUnit[], seam: readonly string[]): number {
  for (let count = Math.min(seam.length, units.length); count > 0; count--) {
    const tail = seam.slice(seam.length - count);
    const repeated = tail.every((word, index) => word === (units[index] as TextUnit).normalized);
    const endMs = (units[count - 1] as TextUnit).endMs;
    if (repeated && endMs <= SEAM_WORD_MS * (count + 1)) return count;
  }
  return 0;
}
