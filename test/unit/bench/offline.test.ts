import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutAtQuietPlaces } from '../../bench/measures/offline.ts';

const RATE = 16_000;

describe('cutting a recording for the offline measure', () => {
  test('loses nothing and makes no chunk longer than a decode may be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 7 }), (seconds, beat) => {
        const audio = Float32Array.from(
          { length: seconds * RATE },
          (_, index) => Math.sin(index) * Math.abs(Math.sin((index / RATE) * beat)),
        );
        const chunks = cutAtQuietPlaces(audio);
        expect(chunks.reduce((sum, chunk) => sum + chunk.length, 0)).toBe(audio.length);
        expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(28 * RATE);
      }),
      { numRuns: 15 },
    );
  });

  test('cuts where it is quiet', () => {
    const audio = new Float32Array(40 * RATE).fill(0.5);
    audio.fill(0, 20 * RATE, 20.5 * RATE);
    const [first] = cutAtQuietPlaces(audio);
    expect(Math.abs((first?.length ?? 0) / RATE - 20.25)).toBeLessThan(0.2);
  });
});
