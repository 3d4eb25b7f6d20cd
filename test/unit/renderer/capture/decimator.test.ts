import { describe, expect, it } from 'vitest';
import { Decimator } from '../../../../src/renderer/capture/decimator.ts';

const sine = (frequencyHz: number, count = 48_000): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin((2 * Math.PI * frequencyHz * i) / 48_000));

/** Behind the filter's beginning. */
function gainDb(frequencyHz: number): number {
  const output = new Decimator().push(sine(frequencyHz)).subarray(100);
  const energy = output.reduce((sum, sample) => sum + sample * sample, 0) / output.length;
  return 10 * Math.log10(energy / 0.5);
}

describe('the way from 48 kHz to 16 kHz', () => {
  it.each([100, 1_000, 4_000, 6_000])('lets %i Hz through as it is', (frequency) => {
    expect(Math.abs(gainDb(frequency))).toBeLessThan(0.2);
  });

  it.each([9_000, 10_000, 15_000, 20_000])('lets nothing of %i Hz fold back', (frequency) => {
    expect(gainDb(frequency)).toBeLessThan(-60);
  });

  it('gives a third of the samples', () => {
    expect(new Decimator().push(sine(1_000)).length).toBe(16_000);
  });

  it('gives the same however the input is cut', () => {
    const input = sine(700, 4_800);
    const whole = new Decimator().push(input);
    const cut = new Decimator();
    const pieces: number[] = [];
    for (let start = 0; start < input.length; start += 317) {
      pieces.push(...cut.push(input.subarray(start, start + 317)));
    }
    expect(Float32Array.from(pieces)).toEqual(whole);
  });
});
