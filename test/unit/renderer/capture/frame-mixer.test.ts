import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceMixer, sumSources } from '../../../../src/renderer/capture/frame-mixer.ts';

const LENGTH = 640;
const flat = (value: number): Float32Array => new Float32Array(LENGTH).fill(value);
const sample = fc.float({ min: -1, max: 1, noNaN: true });

describe('the mix of channels', () => {
  it('is not made quieter by a right channel that stays silent, as macOS can hand one out', () => {
    const mixer = new SourceMixer();
    expect(mixer.mono([flat(0.5), flat(0)])).toEqual(flat(0.5));
  });

  it('is the mean of two channels that carry sound', () => {
    const mixer = new SourceMixer();
    expect(mixer.mono([flat(0.5), flat(0.25)])?.at(-1)).toBeCloseTo(0.375);
  });

  it('is nothing of a source that is not connected', () => {
    expect(new SourceMixer().mono([])).toBeNull();
  });
});

describe('the sum of sources', () => {
  it('passes one source as it is, at full scale too', () => {
    const loud = flat(1);
    expect(sumSources([null, loud], LENGTH)).toBe(loud);
  });

  it('adds what is quiet enough exactly', () => {
    expect(sumSources([flat(0.25), flat(0.25)], LENGTH)).toEqual(flat(0.5));
  });

  it('is silence where no source gives anything', () => {
    expect(sumSources([null, null], LENGTH)).toEqual(flat(0));
  });

  it('never reaches full scale, and keeps the order of loudness', () => {
    fc.assert(
      fc.property(sample, sample, sample, sample, (a, b, c, d) => {
        const one = Float32Array.from([a, c]);
        const other = Float32Array.from([b, d]);
        const [first = 0, second = 0] = sumSources([one, other], 2);
        expect(Math.abs(first)).toBeLessThanOrEqual(1);
        const [sumOfFirst, sumOfSecond] = [Math.fround(a + b), Math.fround(c + d)];
        if (sumOfFirst > sumOfSecond) expect(first).toBeGreaterThanOrEqual(second);
      }),
    );
  });
});
