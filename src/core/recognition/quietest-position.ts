import type { SampleBuffer } from '../audio/sample-buffer.ts';

/** Frame over which loudness is taken: 10 ms at 16 kHz. */
const FRAME = 160;
/** Word times are estimates; the true gap may lie this far to either side, in samples. */
const SLACK = 1_280;

/**
 * The quietest moment around the gap between two words, to cut there: word times alone are too rough.
 *
 * @param gap `from` the end of the word before it, `to` the start of the word behind it. All are 16 kHz positions.
 * @param within the audio that was decoded; what has arrived behind it must not make a difference.
 * @returns a position within `within`.
 */
export function quietestPosition(
  buffer: SampleBuffer,
  { from, to }: { readonly from: number; readonly to: number },
  within: { readonly start: number; readonly end: number },
): number {
  const start = Math.max(within.start, from - SLACK);
  const end = Math.min(within.end, to + SLACK);
  if (end - start < FRAME) return Math.min(within.end, Math.max(within.start, from));
  const audio = buffer.slice(start, end);
  const middle = (from + to) / 2 - start;
  let best = 0;
  let bestScore = Number.POSITIVE_INFINITY;
  for (let offset = 0; offset + FRAME <= audio.length; offset += FRAME / 2) {
    let energy = 0;
    for (let index = offset; index < offset + FRAME; index++) energy += (audio[index] as number) ** 2;
    // Among equally quiet frames (digital silence) the one nearest the middle of the gap.
    const score = energy + 1e-9 * Math.abs(offset + FRAME / 2 - middle);
    if (score < bestScore) {
      bestScore = score;
      best = offset + FRAME / 2;
    }
  }
  return start + best;
}
