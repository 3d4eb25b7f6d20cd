import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplayBuffer } from '../../../src/core/client/replay-buffer.ts';

describe('ReplayBuffer', () => {
  it('behaves like one long array whose front is forgotten, for any sequence of calls', () => {
    const step = fc.record({
      append: fc.oneof(fc.nat(40), fc.nat(60_000)),
      keep: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 8), fc.array(step, { maxLength: 30 }), (bytesPerPosition, steps) => {
        const buffer = new ReplayBuffer(bytesPerPosition);
        let all = Buffer.alloc(0);
        let counter = 0;
        for (const { append, keep } of steps) {
          const frame = Uint8Array.from({ length: append * bytesPerPosition }, () => counter++ % 251);
          buffer.append(frame);
          all = Buffer.concat([all, frame]);
          frame.fill(255);
          const position = Math.round(buffer.start + (buffer.end - buffer.start) * keep);
          buffer.discardBefore(position);
          expect([buffer.start, buffer.end]).toEqual([position, all.length / bytesPerPosition]);
          const middle = Math.round((buffer.start + buffer.end) / 2);
          for (const [from, to] of [
            [buffer.start, buffer.end],
            [middle, buffer.end],
          ] as const) {
            const expected = all.subarray(from * bytesPerPosition, to * bytesPerPosition);
            expect(expected.equals(buffer.read(from, to))).toBe(true);
          }
        }
      }),
    );
  });

  it('does not take memory for what it gave up', () => {
    const buffer = new ReplayBuffer(2);
    for (let position = 0; position < 100_000_000; position += 100_000) {
      buffer.append(new Uint8Array(200_000));
      buffer.discardBefore(position);
    }
    expect(buffer.read(buffer.end - 10, buffer.end)).toHaveLength(20);
  });

  it('refuses to read what it does not hold', () => {
    const buffer = new ReplayBuffer(2);
    buffer.append(new Uint8Array(8));
    buffer.discardBefore(2);
    expect(() => buffer.read(1, 3)).toThrow(RangeError);
    expect(() => buffer.read(2, 5)).toThrow(RangeError);
  });
});
