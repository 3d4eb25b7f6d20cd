import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createResampler, type Resampler } from '../../../src/core/audio/resampler.ts';

const RATES = [8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];

function concatenate(pieces: Float32Array[]): Float32Array {
  return Float32Array.from(pieces.flatMap((piece) => [...piece]));
}

/** Everything that comes out for `samples`, cut into pieces of the given lengths over and over. */
function convert(
  resampler: Resampler,
  samples: Float32Array,
  lengths: readonly number[] = [480],
): Float32Array {
  const pieces: Float32Array[] = [];
  for (let start = 0, turn = 0; start < samples.length; turn++) {
    const length = lengths[turn % lengths.length] as number;
    pieces.push(resampler.push(samples.subarray(start, start + length)));
    start += length;
  }
  pieces.push(resampler.flush());
  return concatenate(pieces);
}

function sine(frequency: number, rate: number, seconds: number, amplitude = 0.5): Float32Array {
  return Float32Array.from(
    { length: Math.round(rate * seconds) },
    (_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / rate),
  );
}

/** Root mean square of the middle half, away from the edges. */
function level(samples: Float32Array): number {
  const middle = samples.subarray(samples.length / 4, (samples.length * 3) / 4);
  return Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length);
}

/** Noise that is the same in every run. */
function noise(length: number): Float32Array {
  let seed = 12_345;
  return Float32Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x3fffffff - 1;
  });
}

describe('resampler', () => {
  it('gives the same samples however the input was cut', async () => {
    const cuts = fc.array(fc.oneof(fc.constantFrom(0, 1, 2), fc.nat(3000)), { minLength: 1, maxLength: 12 });
    const rates = fc.oneof(fc.constantFrom(...RATES), fc.integer({ min: 8000, max: 48_000 }));
    await fc.assert(
      fc.asyncProperty(rates, fc.nat(6000), cuts, async (rate, length, lengths) => {
        // Only empty pieces would never get anywhere.
        fc.pre(lengths.some((piece) => piece > 0));
        const samples = noise(length);
        const resampler = await createResampler(rate);
        const whole = convert(resampler, samples, [samples.length + 1]);
        resampler.reset();
        const cut = convert(resampler, samples, lengths);
        resampler.close();
        expect(Buffer.compare(Buffer.from(whole.buffer), Buffer.from(cut.buffer))).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same samples for 1-sample pieces', async () => {
    for (const rate of RATES) {
      const resampler = await createResampler(rate);
      const samples = noise(2000);
      const whole = convert(resampler, samples, [2000]);
      resampler.reset();
      expect(convert(resampler, samples, [1])).toEqual(whole);
      resampler.close();
    }
  });

  it('gives round(input × 16000 / rate) samples for any length and rate', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 8000, max: 48_000 }), fc.nat(5000), async (rate, length) => {
        const resampler = await createResampler(rate);
        const output = convert(resampler, noise(length));
        expect(output).toHaveLength(Math.round((length * 16_000) / rate));
        expect([resampler.inputSamples, resampler.outputSamples]).toEqual([length, output.length]);
        expect(resampler.flush()).toHaveLength(0);
        resampler.close();
      }),
      { numRuns: 60 },
    );
  });

  it('keeps a click at the very end', async () => {
    for (const rate of RATES) {
      const samples = new Float32Array(rate / 5);
      samples.fill(0.8, -Math.ceil(rate / 8000));
      const resampler = await createResampler(rate);
      const output = convert(resampler, samples);
      expect(Math.max(...output.subarray(-4))).toBeGreaterThan(0.4);
      resampler.close();
    }
  });

  it('puts every sound where it was, without delay', async () => {
    for (const rate of RATES) {
      const frequency = 440;
      const resampler = await createResampler(rate);
      const output = convert(resampler, sine(frequency, rate, 0.5));
      const expected = sine(frequency, 16_000, 0.5);
      const difference = output.map((sample, i) => sample - (expected[i] ?? 0));
      // A shift by half an output sample would leave 0.03.
      expect(level(difference)).toBeLessThan(0.002);
      resampler.close();
    }
  });

  it('keeps the level of what speech is made of', async () => {
    for (const rate of RATES) {
      for (const frequency of [100, 1000, 3400]) {
        const resampler = await createResampler(rate);
        expect(level(convert(resampler, sine(frequency, rate, 0.3)))).toBeCloseTo(0.5 / Math.SQRT2, 3);
        resampler.close();
      }
    }
  });

  it('keeps fricatives: 7 kHz from 48 kHz loses less than 1 dB', async () => {
    const resampler = await createResampler(48_000);
    const output = convert(resampler, sine(7000, 48_000, 0.3));
    expect(20 * Math.log10(level(output) / (0.5 / Math.SQRT2))).toBeGreaterThan(-1);
    resampler.close();
  });

  it('removes what 16 kHz cannot carry instead of folding it back', async () => {
    for (const [rate, frequency] of [
      [48_000, 10_000],
      [44_100, 9500],
      [48_000, 20_000],
      [32_000, 12_000],
    ] as const) {
      const resampler = await createResampler(rate);
      const output = convert(resampler, sine(frequency, rate, 0.3));
      // 80 dB below the tone.
      expect(level(output)).toBeLessThan(0.5e-4);
      resampler.close();
    }
  });

  it('adds no image above the old band when it raises the rate', async () => {
    const resampler = await createResampler(8000);
    const output = convert(resampler, sine(1000, 8000, 0.5));
    const expected = sine(1000, 16_000, 0.5);
    expect(level(output.map((sample, i) => sample - (expected[i] ?? 0)))).toBeLessThan(1e-3);
    resampler.close();
  });

  it('hands out memory of its own, and keeps none of the caller’s', async () => {
    for (const rate of [16_000, 48_000]) {
      const resampler = await createResampler(rate);
      const input = noise(4800);
      const first = resampler.push(input);
      const copy = first.slice();
      input.fill(1);
      resampler.push(noise(9600));
      expect(first).toEqual(copy);
      first.fill(7);
      resampler.close();
    }
  });

  it('takes a long file in one piece, from the middle of a larger array', async () => {
    const rate = 48_000;
    const holder = new Float32Array(1_300_000);
    holder.set(sine(440, rate, 25), 100_000);
    const resampler = await createResampler(rate);
    const output = concatenate([resampler.push(holder.subarray(100_000)), resampler.flush()]);
    const expected = sine(440, 16_000, 25);
    expect(output).toHaveLength(400_000);
    expect(level(output.map((sample, i) => sample - (expected[i] as number)))).toBeLessThan(0.002);
    resampler.close();
  });

  it('tells which input is accounted for: whole samples on the way, all of them at the end', async () => {
    const resampler = await createResampler(44_100);
    resampler.push(noise(1000));
    expect(resampler.inputPosition(100)).toBe(275);
    expect(resampler.inputPosition(resampler.outputSamples)).toBeLessThanOrEqual(1000);
    resampler.flush();
    expect(resampler.inputPosition(resampler.outputSamples)).toBe(1000);
    resampler.close();
  });

  it('starts afresh after a reset', async () => {
    const resampler = await createResampler(48_000);
    const samples = noise(3000);
    const first = convert(resampler, samples);
    resampler.reset();
    expect(convert(resampler, samples)).toEqual(first);
    resampler.reset();
    expect([resampler.inputSamples, resampler.outputSamples]).toEqual([0, 0]);
    resampler.close();
  });

  it('keeps streams apart that are resampled at the same time', async () => {
    const [one, other] = await Promise.all([createResampler(48_000), createResampler(44_100)]);
    const samples = noise(4800);
    const alone = convert(one, samples);
    one.reset();
    const pieces: Float32Array[] = [];
    for (let start = 0; start < samples.length; start += 480) {
      pieces.push(one.push(samples.subarray(start, start + 480)));
      other.push(noise(441));
    }
    expect(concatenate([...pieces, one.flush()])).toEqual(alone);
    one.close();
    other.close();
  });

  it('refuses rates it cannot convert, and audio after the end', async () => {
    for (const rate of [0, 7999, 16_000.5, Number.NaN, 400_000]) {
      await expect(createResampler(rate)).rejects.toThrow(RangeError);
    }
    const resampler = await createResampler(48_000);
    resampler.flush();
    expect(() => resampler.push(noise(1))).toThrow('reset()');
    resampler.close();
    resampler.close();
    expect(() => resampler.push(noise(1))).toThrow('closed');
    expect(() => resampler.reset()).toThrow('closed');
  });
});
