import type { Clock } from '../../core/foundation/clock.ts';
import { type AudioFormat, bytesPerPosition } from '../../core/protocol/encodings.ts';

/** Audio a frame: short beside the latency of a caption, long beside the cost of a message. */
export const FRAME_MS = 40;

/** A frame and the position of the end of its last sample. */
export interface AudioFrame {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly endMs: number;
}

/**
 * Cuts a byte stream into frames of {@link FRAME_MS}; the last one may be shorter. Bytes that do not make
 * up a whole sample at the very end are dropped.
 */
export async function* cutIntoFrames(
  chunks: AsyncIterable<Uint8Array>,
  format: AudioFormat,
): AsyncGenerator<AudioFrame> {
  const positionBytes = bytesPerPosition(format);
  const frameBytes = Math.round((format.sampleRate * FRAME_MS) / 1000) * positionBytes;
  const frameOf = (bytes: Uint8Array<ArrayBuffer>): AudioFrame => {
    positions += bytes.length / positionBytes;
    return { bytes, endMs: (positions / format.sampleRate) * 1000 };
  };
  let positions = 0;
  let pending = new Uint8Array(frameBytes);
  let filled = 0;
  for await (const chunk of chunks) {
    let taken = 0;
    while (taken < chunk.length) {
      const part = chunk.subarray(taken, taken + frameBytes - filled);
      pending.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled === frameBytes) {
        yield frameOf(pending);
        pending = new Uint8Array(frameBytes);
        filled = 0;
      }
    }
  }
  const whole = filled - (filled % positionBytes);
  if (whole > 0) yield frameOf(pending.slice(0, whole));
}

/**
 * Lets frames out at the pace at which a microphone would: each when its last sample has been captured.
 * A late frame does not delay those behind it.
 *
 * @param startMs moment on `clock` at which the first sample is captured.
 */
export async function* atRealTimePace(
  frames: AsyncIterable<AudioFrame>,
  clock: Clock,
  startMs: number,
): AsyncGenerator<AudioFrame> {
  for await (const frame of frames) {
    const waitMs = startMs + frame.endMs - clock.now();
    if (waitMs > 0) {
      await new Promise<void>((resolve) => clock.setTimer(waitMs, resolve, { keepsProcessAlive: true }));
    }
    yield frame;
  }
}
