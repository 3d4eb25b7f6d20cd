import { describe, expect, it } from 'vitest';
import type { AudioLevel } from '../../../../src/core/captions/capture-types.ts';
import { LevelMeter } from '../../../../src/renderer/capture/level-meter.ts';

function measure(samples: Float32Array, frame = 640): AudioLevel[] {
  const meter = new LevelMeter();
  const levels: AudioLevel[] = [];
  for (let start = 0; start < samples.length; start += frame) {
    const level = meter.push(samples.subarray(start, start + frame));
    if (level) levels.push(level);
  }
  return levels;
}

const sine = (amplitude: number, count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => amplitude * Math.sin((2 * Math.PI * 1_000 * i) / 16_000));

describe('the level meter', () => {
  it('tells a level for each tenth of a second, whatever the frames', () => {
    expect(measure(sine(0.5, 16_000), 640)).toHaveLength(10);
    expect(measure(sine(0.5, 16_000), 320)).toHaveLength(10);
  });

  it('measures a sine of half the full scale', () => {
    const [level] = measure(sine(0.5, 1_920));
    expect(level?.peakDb).toBeCloseTo(-6.02, 1);
    expect(level?.rmsDb).toBeCloseTo(-9.03, 1);
  });

  it('calls nothing at all -120 dB', () => {
    expect(measure(new Float32Array(1_920))).toEqual([{ rmsDb: -120, peakDb: -120 }]);
  });

  it('forgets what was before', () => {
    const levels = measure(Float32Array.from([...sine(1, 1_600), ...new Float32Array(1_600)]));
    expect(levels.at(-1)).toEqual({ rmsDb: -120, peakDb: -120 });
  });
});
