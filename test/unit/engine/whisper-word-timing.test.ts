import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameEnergies } from '../../../src/core/engine/loudness.ts';
import { timeWords } from '../../../src/core/engine/word-timing.ts';

/** Noise of the given level, in stretches of milliseconds at 16 kHz. */
function sound(...stretches: [ms: number, level: number][]): Float64Array {
  const samples: number[] = [];
  for (const [ms, level] of stretches) {
    for (let i = 0; i < ms * 16; i++) samples.push(level * (i % 2 === 0 ? 1 : -1));
  }
  return frameEnergies(Float32Array.from(samples));
}

describe('word times', () => {
  it('begin with the sound, not with the silence that a segment starts in', () => {
    const energies = sound([500, 0], [600, 0.3], [400, 0]);
    expect(timeWords([' now'], energies, { startMs: 0, endMs: 1400 })).toEqual([
      { startMs: 500, endMs: 1100 },
    ]);
  });

  it('share the sound by the length of the words', () => {
    const energies = sound([1000, 0.3]);
    expect(timeWords([' abcd', ' abcd'], energies, { startMs: 0, endMs: 1000 })).toEqual([
      { startMs: 0, endMs: 500 },
      { startMs: 500, endMs: 1000 },
    ]);
  });

  it('leave a pause between two words to neither', () => {
    const energies = sound([400, 0.3], [600, 0.0001], [400, 0.3]);
    expect(timeWords([' here', ' here'], energies, { startMs: 0, endMs: 1400 })).toEqual([
      { startMs: 0, endMs: 400 },
      { startMs: 1000, endMs: 1400 },
    ]);
  });

  it('reach beyond the audio only where the whole segment does', () => {
    const energies = sound([1000, 0.3]);
    expect(timeWords([' you'], energies, { startMs: 1000, endMs: 1200 })).toEqual([
      { startMs: 1000, endMs: 1200 },
    ]);
    expect(timeWords([' you'], energies, { startMs: 0, endMs: 1200 })).toEqual([{ startMs: 0, endMs: 1000 }]);
  });

  it('never go back, never leave the segment, and there is one for each word', () => {
    const stretch = fc.tuple(fc.integer({ min: 10, max: 600 }), fc.constantFrom(0, 0.001, 0.05, 0.5));
    fc.assert(
      fc.property(
        fc.array(stretch, { minLength: 1, maxLength: 8 }),
        fc.array(fc.constantFrom(' a', ' word', ' 1995', '。', ' something'), {
          minLength: 1,
          maxLength: 20,
        }),
        fc.nat(3000),
        fc.nat(3000),
        (stretches, words, startMs, lengthMs) => {
          const segment = { startMs, endMs: startMs + lengthMs };
          const times = timeWords(words, sound(...stretches), segment);
          expect(times).toHaveLength(words.length);
          let latestStart = segment.startMs;
          for (const time of times) {
            expect(time.startMs).toBeGreaterThanOrEqual(latestStart);
            expect(time.endMs).toBeGreaterThanOrEqual(time.startMs);
            expect(time.endMs).toBeLessThanOrEqual(segment.endMs);
            latestStart = time.startMs;
          }
        },
      ),
    );
  });
});
