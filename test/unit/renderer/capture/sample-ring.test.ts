import { describe, expect, it } from 'vitest';
import { SampleRing } from '../../../../src/renderer/capture/sample-ring.ts';

const FRAME = 640;

/** Samples that tell their own position. */
function ramp(from: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (from + i) / 1e6);
}

/** Writes and reads for so long, the writer's clock off by so many parts in a million. */
function drift(partsPerMillion: number, seconds: number): SampleRing {
  const ring = new SampleRing();
  let written = 0;
  for (let frame = 1; frame <= seconds * 25; frame++) {
    const due = Math.floor(frame * FRAME * (1 + partsPerMillion / 1e6));
    ring.write(ramp(written, due - written));
    written = due;
    ring.read(FRAME);
  }
  return ring;
}

describe('the ring between two clocks', () => {
  it('waits for 120 ms before it gives the first sample', () => {
    const ring = new SampleRing();
    ring.write(ramp(1, 1_919));
    expect(ring.read(FRAME)).toEqual(new Float32Array(FRAME));
    ring.write(ramp(1_920, 1));
    expect(ring.read(FRAME)).toEqual(ramp(1, FRAME));
  });

  it('gives what was written, in order and whole', () => {
    const ring = new SampleRing();
    ring.write(ramp(0, 1_920));
    const read: number[] = [];
    for (let i = 0; i < 100; i++) {
      read.push(...ring.read(FRAME));
      ring.write(ramp(1_920 + i * FRAME, FRAME));
    }
    expect(Float32Array.from(read)).toEqual(ramp(0, 100 * FRAME));
  });

  it('gives silence where nothing came, and goes on once there is enough again', () => {
    const ring = new SampleRing();
    ring.write(ramp(1, 1_920));
    while (ring.missing === 0) ring.read(FRAME);
    ring.write(ramp(5_000, 640));
    expect(ring.read(FRAME)).toEqual(new Float32Array(FRAME));
    ring.write(ramp(5_640, 1_280));
    expect(ring.read(FRAME).at(-1)).not.toBe(0);
  });

  it('drops what piled up while nobody read, rather than lag behind it', () => {
    const ring = new SampleRing();
    ring.write(ramp(1, 48_000));
    expect(ring.dropped).toBeGreaterThan(36_000);
    let held = 0;
    while (ring.missing === 0) {
      ring.read(FRAME);
      held += FRAME;
    }
    expect(held).toBeLessThanOrEqual(8_000 + FRAME);
  });

  it.each([1_000, 200, 0, -200, -1_000])(
    'loses nothing in ten minutes of clocks that are %i parts in a million apart',
    (ppm) => {
      const ring = drift(ppm, 600);
      expect(ring.dropped).toBe(0);
      // Only the wait at the very beginning.
      expect(ring.missing).toBeLessThanOrEqual(3 * FRAME);
    },
  );
});
