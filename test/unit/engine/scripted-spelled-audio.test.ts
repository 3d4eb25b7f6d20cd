import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSpelledAudio, spellAudio, spellSentence } from '../../../src/core/engine/spelled-audio.ts';

const script = fc
  .array(
    fc.record({
      word: fc.integer({ min: 0, max: 2_047 }),
      gapMs: fc.integer({ min: 0, max: 200 }),
      wordMs: fc.integer({ min: 20, max: 400 }),
      endsSentence: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((words) => {
    let atMs = 0;
    return words.map(({ word, gapMs, wordMs, endsSentence }) => {
      const startMs = atMs + gapMs;
      atMs = startMs + wordMs;
      return { word, startMs, endMs: atMs, endsSentence };
    });
  });

function concat(...parts: Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

describe('spelled audio', () => {
  it('reads back every word that was written, at its place', () => {
    fc.assert(
      fc.property(script, (entries) => {
        const runs = readSpelledAudio(spellAudio(entries));
        expect(
          runs.map((run) => ({
            word: run.id,
            startMs: run.startSample / 16,
            endMs: run.endSample / 16,
            endsSentence: run.endsSentence,
          })),
        ).toEqual(entries);
        expect(runs.every((run) => !run.damaged && run.skippedSamples === 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['rounding at 32768', (sample: number) => Math.round(sample * 32_768) / 32_768],
    ['rounding at 32767', (sample: number) => Math.round(sample * 32_767) / 32_767],
    ['rounding at 32767, reading at 32768', (sample: number) => Math.round(sample * 32_767) / 32_768],
  ])('survives 16-bit PCM (%s)', (_name, convert) => {
    fc.assert(
      fc.property(script, (entries) => {
        const audio = spellAudio(entries);
        expect(readSpelledAudio(audio.map(convert))).toEqual(readSpelledAudio(audio));
      }),
      { numRuns: 30 },
    );
  });

  it('notices samples that are missing inside a word, however few', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 4_700 }), fc.integer({ min: 1, max: 60 }), (from, count) => {
        const audio = spellAudio(spellSentence([12, 13]));
        fc.pre(from + count < 4_760);
        const cut = concat(audio.subarray(0, from), audio.subarray(from + count));
        expect(readSpelledAudio(cut).some((run) => run.damaged)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('notices samples that are doubled inside a word, however few', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 4_700 }), fc.integer({ min: 1, max: 60 }), (from, count) => {
        const audio = spellAudio(spellSentence([12, 13]));
        fc.pre(from + count < 4_760);
        const doubled = concat(audio.subarray(0, from + count), audio.subarray(from));
        expect(readSpelledAudio(doubled).some((run) => run.damaged)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('does not call a word damaged that is cut at an end of the audio', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_780 }), fc.integer({ min: 20, max: 4_800 }), (from, length) => {
        const audio = spellAudio(spellSentence([7]));
        const runs = readSpelledAudio(audio.subarray(from, from + length));
        expect(runs.map(({ id, skippedSamples, damaged }) => ({ id, skippedSamples, damaged }))).toEqual([
          { id: 7, skippedSamples: from, damaged: false },
        ]);
      }),
      { numRuns: 200 },
    );
  });

  it('passes over audio that spells nothing', () => {
    expect(readSpelledAudio(new Float32Array(1_000).map((_, index) => Math.sin(index / 5) * 0.1))).toEqual(
      [],
    );
  });
});
