import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PaceMeter } from '../../../../src/app/files/pace.ts';
import { cutInTheMiddle, paceLine, speedText } from '../../../../src/cli/transcribe/pace-words.ts';
import { cellWidth } from '../../../../src/core/foundation/text-width.ts';
import { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';

const MINUTE = 60_000;

function setUp(weights: Record<string, number>) {
  const clock = new VirtualClock();
  return { clock, meter: new PaceMeter(clock, new Map(Object.entries(weights))) };
}

describe('the pace of a transcription', () => {
  it('is not told before there is something to tell it by', async () => {
    const { clock, meter } = setUp({ talk: 1 });
    expect(meter.pace).toEqual({ share: 0, speed: null, secondsLeft: null });
    meter.started('talk', { doneMs: 0, share: 0 });
    await clock.advance(10_000);
    expect(meter.pace).toEqual({ share: 0, speed: null, secondsLeft: null });
  });

  it('is how much audio was done in the time, and how long the rest takes at that', async () => {
    const { clock, meter } = setUp({ talk: 1 });
    meter.started('talk', { doneMs: 0, share: 0 });
    await clock.advance(10_000);
    meter.progress('talk', { doneMs: 4 * MINUTE, share: 0.4 });
    expect(meter.pace).toEqual({ share: 0.4, speed: 24, secondsLeft: expect.closeTo(15) });
  });

  it('owes nothing to what an earlier run had done', async () => {
    const { clock, meter } = setUp({ talk: 1 });
    meter.started('talk', { doneMs: 8 * MINUTE, share: 0.8 });
    expect(meter.pace.share).toBe(0.8);
    await clock.advance(10_000);
    meter.progress('talk', { doneMs: 9 * MINUTE, share: 0.9 });
    expect(meter.pace.speed).toBe(6);
    expect(meter.pace.secondsLeft).toBeCloseTo(10);
  });

  it('of a batch counts recordings by their size, also those not begun', async () => {
    const { clock, meter } = setUp({ long: 300, short: 100 });
    meter.started('short', { doneMs: 0, share: 0 });
    await clock.advance(10_000);
    meter.progress('short', { doneMs: MINUTE, share: 1 });
    meter.finished('short');
    expect(meter.pace).toEqual({ share: 0.25, speed: 6, secondsLeft: 30 });
  });

  it('is not changed by a recording that failed', async () => {
    const { clock, meter } = setUp({ good: 100, bad: 1_000_000 });
    meter.started('good', { doneMs: 0, share: 0 });
    await clock.advance(10_000);
    meter.progress('good', { doneMs: MINUTE, share: 0.5 });
    meter.dropped('bad');
    expect(meter.pace).toEqual({ share: 0.5, speed: 6, secondsLeft: 10 });
  });
});

describe('a line of progress', () => {
  const anyPace = fc.record({
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    speed: fc.option(fc.double({ min: 0, max: 2000, noNaN: true })),
    secondsLeft: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
  });

  it('says name, share, speed and time left', () => {
    const pace = { share: 0.42, speed: 41.4, secondsLeft: 11.2 };
    expect(paceLine('talk.mp3', 8, pace, 60)).toBe(
      `talk.mp3 ${'━'.repeat(10)}${'╌'.repeat(16)}  42 %   41×    0:12 left`,
    );
    expect(paceLine('talk.mp3', 8, pace, 40)).toBe('talk.mp3 ━━━━━╌╌╌╌╌╌╌  42 %    0:12 left');
    expect(paceLine('talk.mp3', 8, pace, 24)).toBe('talk.mp3 ━━━╌╌╌╌╌╌  42 %');
  });

  it('fits, whatever the name and the width', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.integer({ min: 1, max: 80 }),
        anyPace,
        fc.integer({ min: 5, max: 200 }),
        (name, width, pace, columns) => {
          expect(cellWidth(paceLine(name, width, pace, columns))).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  it('is as wide as the others of its width, so that they stand in columns', () => {
    fc.assert(
      fc.property(anyPace, anyPace, fc.integer({ min: 40, max: 120 }), (one, other, columns) => {
        // An hour more makes a time wider.
        fc.pre([one, other].every(({ secondsLeft }) => (secondsLeft ?? 0) < 3600));
        expect(cellWidth(paceLine('a', 12, one, columns))).toBe(
          cellWidth(paceLine('bb', 12, other, columns)),
        );
      }),
    );
  });

  it('keeps beginning and end of a name that is too long', () => {
    expect(cutInTheMiddle('recordings/2024/interview.mp3', 16)).toBe('recordin…iew.mp3');
    expect(cutInTheMiddle('short.mp3', 16)).toBe('short.mp3');
    expect(cutInTheMiddle('日本語の録音ファイル.mp3', 12)).toBe('日本語….mp3');
  });

  it('gives slow speeds with more digits', () => {
    expect([0.456, 2.44, 41.4].map(speedText)).toEqual(['0.46×', '2.4×', '41×']);
  });
});
