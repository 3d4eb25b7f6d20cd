import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MonoMixer } from '../../../../src/core/audio/media/mono-mixer.ts';

const LENGTH = 48_000;

/** A second of a voice-like tone with pauses. */
const voice = Float32Array.from({ length: LENGTH }, (_, i) =>
  Math.floor(i / 6000) % 3 === 2 ? 0 : 0.4 * Math.sin(i * 0.05),
);
const other = Float32Array.from({ length: LENGTH }, (_, i) => 0.3 * Math.sin(i * 0.031 + 1));
const silence = new Float32Array(LENGTH);

function scaled(samples: Float32Array, gain: number): Float32Array {
  return samples.map((sample) => sample * gain);
}

function largestDifference(a: Float32Array, b: Float32Array, from = 0): number {
  let largest = 0;
  for (let i = from; i < a.length; i++)
    largest = Math.max(largest, Math.abs((a[i] as number) - (b[i] as number)));
  return largest;
}

describe('MonoMixer', () => {
  it('gives a single channel as it is', () => {
    expect(new MonoMixer().push([voice])).toBe(voice);
  });

  it('gives the mean of two channels', () => {
    const mixed = new MonoMixer().push([voice, other]);
    const mean = voice.map((sample, i) => (sample + (other[i] as number)) / 2);
    expect(largestDifference(mixed, mean)).toBeLessThan(1e-6);
  });

  it('does not make a voice quieter because the other channel is silent', () => {
    expect(largestDifference(new MonoMixer().push([voice, silence]), voice)).toBeLessThan(1e-6);
    expect(largestDifference(new MonoMixer().push([silence, voice]), voice)).toBeLessThan(1e-6);
  });

  it('does not let two channels of opposite polarity cancel each other out', () => {
    const mixed = new MonoMixer().push([voice, scaled(voice, -0.8)]);
    expect(largestDifference(mixed, scaled(voice, 0.9))).toBeLessThan(1e-6);
  });

  it('takes up a channel that was silent at first without a jump', () => {
    const late = other.map((sample, i) => (i < LENGTH / 2 ? 0 : sample));
    const steady = new Float32Array(LENGTH).fill(0.5);
    const mixed = new MonoMixer().push([steady, late]);
    const steps = mixed.map((sample, i) => Math.abs(sample - (mixed[i - 1] ?? sample)));
    expect(Math.max(...steps)).toBeLessThan(0.02);
    expect(mixed[LENGTH / 2 - 1]).toBeCloseTo(0.5, 5);
    expect(mixed[LENGTH - 1]).toBeCloseTo((0.5 + (other[LENGTH - 1] as number)) / 2, 5);
  });

  it('hears the centre of a film loudest, and its low frequencies not at all', () => {
    const film = (centre: Float32Array, low: Float32Array) =>
      new MonoMixer().push([other, other, centre, low, other, other]);
    const withVoice = film(voice, silence);
    expect(largestDifference(withVoice, film(voice, other))).toBeLessThan(1e-6);
    const centreOnly = new MonoMixer().push([silence, silence, voice, silence, silence, silence]);
    expect(largestDifference(centreOnly, voice)).toBeLessThan(1e-6);
  });

  it('is never louder than the loudest channel, nor broken by what is no sound', () => {
    const channel = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: 3000,
      maxLength: 3000,
    });
    fc.assert(
      fc.property(fc.array(channel, { minLength: 2, maxLength: 8 }), (channels) => {
        const mixed = new MonoMixer().push(channels.map((samples) => Float32Array.from(samples)));
        const loudest = Math.max(...channels.flat().map(Math.abs));
        expect(Math.max(...mixed.map(Math.abs))).toBeLessThanOrEqual(loudest + 1e-6);
      }),
      { numRuns: 30 },
    );
  });
});
