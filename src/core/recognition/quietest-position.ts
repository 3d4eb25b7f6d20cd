import type { SampleBuffer } from '../audio/sample-buffer.ts';

/** Frame over which loudness is taken: 10 ms at 16 kHz. */
const FRAME = 160;
/** Word times are estimates; the true gap may lie this far to either side, in samples. */
const SLACK = 1_280;

/**
 * The quietest moment around the gap between two words, to cut there: word times alone are too rough.
 *
 * @param from end of the word before the gap. @param to start of the word behind it. 16 kHz positions.
 */
export function quietestPosition(buffer: SampleBuffer, from: number, to: number): number {
  const start = Math.max(buffer.start, from - SLACK);
  const end = Math.min(buffer.end, to + SLACK);
  if (end - start < FRAME) return Math.min(buffer.end, Math.max(buffer.start, from));
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
