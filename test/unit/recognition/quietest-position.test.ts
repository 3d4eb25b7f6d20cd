import { describe, expect, it } from 'vitest';
import { SampleBuffer } from '../../../src/core/audio/sample-buffer.ts';
import { quietestPosition } from '../../../src/core/recognition/quietest-position.ts';

/** A second of noise with 20 ms of silence at each of `quietMs`. */
function noiseWithGaps(...quietMs: number[]): SampleBuffer {
  const audio = Float32Array.from({ length: 16_000 }, (_, index) => (index % 2 ? 0.5 : -0.5));
  for (const atMs of quietMs) audio.fill(0, atMs * 16, (atMs + 20) * 16);
  const buffer = new SampleBuffer();
  buffer.append(audio);
  return buffer;
}

const all = { start: 0, end: 16_000 };

describe('the quietest position', () => {
  it('lies in the silence nearest the gap that word times can only guess', () => {
    const cut = quietestPosition(noiseWithGaps(430), { from: 500 * 16, to: 500 * 16 }, all);
    expect(cut / 16).toBeGreaterThanOrEqual(430);
    expect(cut / 16).toBeLessThanOrEqual(450);
  });

  it('does not depend on audio that arrived behind what was decoded', () => {
    const within = { start: 0, end: 500 * 16 };
    const cut = quietestPosition(noiseWithGaps(530), { from: 495 * 16, to: 500 * 16 }, within);
    expect(cut).toBeLessThanOrEqual(within.end);
  });

  it('stays within what was decoded where the last word is said to end behind it', () => {
    const within = { start: 0, end: 500 * 16 };
    expect(quietestPosition(noiseWithGaps(), { from: 900 * 16, to: 900 * 16 }, within)).toBe(within.end);
  });
});
