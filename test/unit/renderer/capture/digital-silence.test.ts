import { describe, expect, it } from 'vitest';
import { DigitalSilence } from '../../../../src/renderer/capture/digital-silence.ts';

const second = (value: number): Float32Array => new Float32Array(16_000).fill(value);

describe('digital silence', () => {
  it('is three seconds of zeros', () => {
    const silence = new DigitalSilence();
    expect([second(0), second(0), second(0)].map((samples) => silence.push(samples))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('is not the quietest room there can be', () => {
    const silence = new DigitalSilence();
    for (let i = 0; i < 10; i++) silence.push(second(1 / 32_768));
    expect(silence.isSilent).toBe(false);
  });

  it('is over with the first sample that is not zero', () => {
    const silence = new DigitalSilence();
    for (let i = 0; i < 5; i++) silence.push(second(0));
    const click = second(0);
    click[15_000] = 0.1;
    expect(silence.push(click)).toBe(false);
  });

  it('is counted from the last sample that was not zero', () => {
    const silence = new DigitalSilence();
    const click = second(0);
    click[7_999] = -0.1;
    silence.push(click);
    expect(silence.forMs).toBe(500);
  });

  it('begins anew with another device', () => {
    const silence = new DigitalSilence();
    for (let i = 0; i < 5; i++) silence.push(second(0));
    silence.reset();
    expect([silence.isSilent, silence.forMs]).toEqual([false, 0]);
  });
});
