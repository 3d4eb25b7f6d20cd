import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SampleBuffer } from '../../../src/core/audio/sample-buffer.ts';

describe('SampleBuffer', () => {
  it('behaves like an array from which the front is cut off, for any sequence of calls', () => {
    const command = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), length: fc.oneof(fc.nat(3), fc.nat(20_000)) }),
      fc.record({ kind: fc.constant('discard' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({
        kind: fc.constant('slice' as const),
        from: fc.double({ min: 0, max: 1, noNaN: true }),
        to: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    );
    fc.assert(
      fc.property(fc.nat(100_000), fc.array(command, { maxLength: 40 }), (origin, commands) => {
        const buffer = new SampleBuffer(origin);
        let naive: number[] = [];
        let start = origin;
        let counter = 0;
        for (const step of commands) {
          if (step.kind === 'append') {
            const samples = Float32Array.from({ length: step.length }, () => counter++);
            buffer.append(samples);
            naive = naive.concat([...samples]);
            // The caller may reuse its array.
            samples.fill(-1);
          } else if (step.kind === 'discard') {
            const count = Math.floor(step.share * naive.length);
            buffer.discardBefore(start + count);
            naive = naive.slice(count);
            start += count;
          } else {
            const [low, high] = [step.from, step.to]
              .map((share) => Math.round(share * naive.length))
              .sort((a, b) => a - b) as [number, number];
            expect([...buffer.slice(start + low, start + high)]).toEqual(naive.slice(low, high));
          }
          expect([buffer.start, buffer.end, buffer.length]).toEqual([
            start,
            start + naive.length,
            naive.length,
          ]);
        }
        expect([...buffer.slice(buffer.start, buffer.end)]).toEqual(naive);
      }),
      { numRuns: 200 },
    );
  });

  it('hands out copies, so that a slice outlives what happens to the buffer', () => {
    const buffer = new SampleBuffer();
    buffer.append(Float32Array.of(0.25, 0.5));
    buffer.slice(0, 2).fill(9);
    expect([...buffer.slice(0, 2)]).toEqual([0.25, 0.5]);
  });

  it('refuses samples that were discarded, that have not arrived, or that are no positions', () => {
    const buffer = new SampleBuffer(10);
    buffer.append(new Float32Array(10));
    buffer.discardBefore(15);
    expect(() => buffer.slice(14, 16)).toThrow(RangeError);
    expect(() => buffer.slice(15, 21)).toThrow(RangeError);
    expect(() => buffer.slice(17, 16)).toThrow(RangeError);
    expect(() => buffer.slice(15.5, 16)).toThrow(RangeError);
    expect(() => buffer.slice(Number.NaN, 16)).toThrow(RangeError);
    expect(() => buffer.discardBefore(21)).toThrow(RangeError);
    expect(() => buffer.discardBefore(Number.NaN)).toThrow(RangeError);
    expect(buffer.length).toBe(5);
  });

  it('ignores a discard that lies before what is kept', () => {
    const buffer = new SampleBuffer(100);
    buffer.append(new Float32Array(3));
    buffer.discardBefore(5);
    expect(buffer.start).toBe(100);
  });

  it('streams an hour in small pieces in bounded memory', () => {
    const buffer = new SampleBuffer();
    const piece = new Float32Array(160).fill(0.5);
    const before = process.memoryUsage().arrayBuffers;
    const hour = 3600 * 16_000;
    while (buffer.end < hour) {
      buffer.append(piece);
      if (buffer.length > 32_000) buffer.discardBefore(buffer.end - 16_000);
    }
    expect(buffer.length).toBeLessThanOrEqual(32_000);
    // An hour is 230 MB; garbage that was not collected yet may be left.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
  });
});
