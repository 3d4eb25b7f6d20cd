import { describe, expect, it } from 'vitest';
import { EnergyVoiceActivity } from '../../../src/core/recognition/energy-voice-activity.ts';

/** A window of a 200 Hz tone at an RMS level in dBFS. */
function tone(levelDb: number): Float32Array {
  const amplitude = Math.SQRT2 * 10 ** (levelDb / 20);
  return Float32Array.from({ length: 512 }, (_, i) => amplitude * Math.sin((2 * Math.PI * 200 * i) / 16_000));
}

function hear(detector: EnergyVoiceActivity, levelDb: number, windows: number): number {
  let probability = Number.NaN;
  for (let i = 0; i < windows; i++) probability = detector.probability(tone(levelDb));
  return probability;
}

describe('EnergyVoiceActivity', () => {
  it('hears speech at a usual level from the first window on', () => {
    expect(hear(new EnergyVoiceActivity(), -25, 1)).toBeGreaterThan(0.9);
  });

  it('hears nothing in digital silence and in a quiet room', () => {
    const detector = new EnergyVoiceActivity();
    expect(detector.probability(new Float32Array(512))).toBeLessThan(0.01);
    expect(hear(detector, -62, 50)).toBeLessThan(0.05);
  });

  it('gets used to a steady noise, and still hears what is louder', () => {
    const detector = new EnergyVoiceActivity();
    expect(hear(detector, -40, 320)).toBeLessThan(0.05);
    expect(hear(detector, -25, 1)).toBeGreaterThan(0.9);
  });

  it('does not get used to a sentence: the floor falls back in its pauses', () => {
    const detector = new EnergyVoiceActivity();
    for (let word = 0; word < 40; word++) {
      hear(detector, -60, 3);
      expect(hear(detector, -25, 9)).toBeGreaterThan(0.9);
    }
  });

  it('keeps what it learnt of the room when it is reset between utterances', () => {
    const detector = new EnergyVoiceActivity();
    hear(detector, -40, 320);
    detector.reset();
    expect(hear(detector, -40, 1)).toBeLessThan(0.05);
  });

  it('refuses a window of another length', () => {
    expect(() => new EnergyVoiceActivity().probability(new Float32Array(480))).toThrow(RangeError);
  });
});
