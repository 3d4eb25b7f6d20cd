import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesPerPosition } from '../../../src/core/protocol/encodings.ts';
import { millisecondsAt, positionAt, rescalePosition } from '../../../src/core/protocol/positions.ts';

const rate = fc.integer({ min: 8000, max: 48_000 });
/** A day of audio. */
const position = fc.nat(48_000 * 86_400);

describe('positions and times', () => {
  it('round down both ways, so a time never points past the audio it names', () => {
    fc.assert(
      fc.property(position, rate, (samples, sampleRate) => {
        const time = millisecondsAt(samples, sampleRate);
        expect(Number.isInteger(time)).toBe(true);
        expect(BigInt(time)).toBe((BigInt(samples) * 1000n) / BigInt(sampleRate));
        expect(positionAt(time, sampleRate)).toBeLessThanOrEqual(samples);
        expect(samples - positionAt(time, sampleRate)).toBeLessThanOrEqual(Math.ceil(sampleRate / 1000));
      }),
    );
  });

  it('keep their order at another rate and lose less than a sample there and back', () => {
    fc.assert(
      fc.property(position, position, rate, rate, (a, b, from, to) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(rescalePosition(low, from, to)).toBeLessThanOrEqual(rescalePosition(high, from, to));
        const back = rescalePosition(rescalePosition(low, from, to), to, from);
        expect(back).toBeLessThanOrEqual(low);
        expect(low - back).toBeLessThanOrEqual(Math.ceil(from / to));
      }),
    );
  });
});

describe('bytesPerPosition', () => {
  it('is the size of one sample of every channel', () => {
    expect(
      (['pcm_s16le', 'pcm_f32le', 'mulaw', 'alaw'] as const).map((encoding) =>
        ([1, 2] as const).map((channels) => bytesPerPosition({ encoding, channels })),
      ),
    ).toEqual([
      [2, 4],
      [4, 8],
      [1, 2],
      [1, 2],
    ]);
  });
});
