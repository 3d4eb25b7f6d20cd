import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { SpeedMeter } from '../../../../src/app/models/speed-meter.ts';
import { ProgressDisplay } from '../../../../src/cli/models/progress-display.ts';
import { formatDuration, progressLine } from '../../../../src/cli/models/progress-words.ts';
import { cellWidth } from '../../../../src/core/foundation/text-width.ts';
import { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';

const HALF = { label: 'base.en', bytes: 74e6, totalBytes: 148e6, bytesPerSecond: 5.2e6 };

describe('a line of progress', () => {
  test('has a bar, the share, the amount, the speed and the time that is left', () => {
    expect(progressLine(HALF, 79)).toBe(
      'base.en ━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌  50 %  74.0 MB of 148 MB  5.20 MB/s  0:15 left',
    );
  });

  test.each([79, 59, 40, 24, 12])('fits into %i columns', (columns) => {
    expect(cellWidth(progressLine(HALF, columns))).toBeLessThanOrEqual(columns);
    expect(progressLine(HALF, columns)).toContain('base.en');
  });

  test('shows no time where nothing comes, and 100 % only at the end', () => {
    expect(progressLine({ ...HALF, bytesPerSecond: 0 }, 79)).toMatch(/0 bytes\/s$/u);
    expect(progressLine({ ...HALF, bytesPerSecond: null }, 79)).toMatch(/148 MB$/u);
    expect(progressLine({ ...HALF, bytes: 147_999_999 }, 79)).toContain(' 99 %');
  });

  test('tells long times in hours', () => {
    expect([7, 75, 3723].map(formatDuration)).toEqual(['0:07', '1:15', '1:02:03']);
  });
});

test('the speed is that of the last seconds, and not known at first', async () => {
  const clock = new VirtualClock();
  const meter = new SpeedMeter(clock);
  meter.note(0);
  expect(meter.bytesPerSecond).toBeNull();
  for (let second = 1; second <= 20; second++) {
    await clock.advance(1000);
    meter.note(second <= 10 ? second * 100 : 1000 + (second - 10) * 500);
  }
  expect(meter.bytesPerSecond).toBeCloseTo(500, 0);
});

describe('progress without a terminal', () => {
  test('is a line at every tenth, and one for what happens on the way', async () => {
    const clock = new VirtualClock();
    const output = new PassThrough();
    const display = new ProgressDisplay('tiny', output, clock);
    for (let bytes = 0; bytes <= 1000; bytes += 10) {
      display.show({ type: 'downloading', bytes, totalBytes: 1000 });
      await clock.advance(500);
    }
    display.show({ type: 'retrying', reason: 'the connection broke', delayMs: 1500 });
    const lines = String(output.read()).trim().split('\n');
    expect(lines[0]).toBe('tiny: 10 %, 100 bytes of 1.00 kB, 20 bytes/s, 0:45 left');
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toBe('tiny: the connection broke; going on in 2 s');
  });

  test('is not chatty where it is quick, and says something where it is slow', async () => {
    const clock = new VirtualClock();
    const output = new PassThrough();
    const display = new ProgressDisplay('tiny', output, clock);
    for (let bytes = 0; bytes <= 1000; bytes += 100) {
      display.progress('tiny', bytes, 1000);
      await clock.advance(10);
    }
    expect(output.read()).toBeNull();
    display.progress('slow', 10, 1000);
    await clock.advance(31_000);
    display.progress('slow', 11, 1000);
    expect(String(output.read())).toMatch(/^slow: 1 %/u);
  });
});
