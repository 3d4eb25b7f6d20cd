import { decodePcm } from '../audio/pcm.ts';
import type { Resampler } from '../audio/resampler.ts';
import { type AudioFormat, bytesPerPosition } from '../protocol/encodings.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { millisecondsAt } from '../protocol/positions.ts';

/**
 * A stream's audio on its way in: checked, decoded, resampled, and counted in the client's own samples. What
 * is accounted for never falls and never passes what arrived.
 */
export class StreamAudio {
  readonly #format: AudioFormat;
  readonly #start: number;
  readonly #resampler: Resampler;
  #received: number;
  #committed: number;

  /**
   * @param start position of the first sample.
   * @param resampler from the format's rate to the engine's.
   */
  constructor(format: AudioFormat, start: number, resampler: Resampler) {
    this.#format = format;
    this.#start = start;
    this.#resampler = resampler;
    this.#received = start;
    this.#committed = start;
  }

  /** Where audio must continue. */
  get received(): number {
    return this.#received;
  }

  /** Audio before this position is accounted for. */
  get committed(): number {
    return this.#committed;
  }

  /** Length of everything received in this session, in milliseconds. */
  get receivedMs(): number {
    return millisecondsAt(this.#received - this.#start, this.#format.sampleRate);
  }

  /**
   * Takes one frame.
   * @returns mono, at the engine's rate; possibly empty.
   * @throws {ProtocolError} `bad_audio` for part of a sample, and, not fatal, for an empty frame.
   */
  take(bytes: Uint8Array): Float32Array {
    const { encoding, channels } = this.#format;
    const positionBytes = bytesPerPosition(this.#format);
    if (bytes.length === 0) {
      throw new ProtocolError(
        'bad_audio',
        'An empty frame was ignored. To end the stream, send {"type":"end_of_stream"}.',
        { fatal: false },
      );
    }
    if (bytes.length % positionBytes !== 0) {
      throw new ProtocolError(
        'bad_audio',
        `A frame of ${bytes.length} bytes ends inside a sample; with ${encoding} and ${channels} channel(s) send a multiple of ${positionBytes} bytes.`,
      );
    }
    this.#received += bytes.length / positionBytes;
    return this.#resampler.push(decodePcm(bytes, encoding, channels));
  }

  /** No more will come. @returns what the resampler still held. */
  end(): Float32Array {
    return this.#resampler.flush();
  }

  /**
   * Everything before `position` is accounted for.
   * @param position as the recogniser counts, at the engine's rate from its first sample.
   * @returns the committed position as the client counts.
   */
  commit(position: number): number {
    const samples = this.#resampler.inputPosition(position);
    this.#committed = Math.max(this.#committed, Math.min(this.#start + samples, this.#received));
    return this.#committed;
  }

  /** Everything received is accounted for. */
  commitAll(): void {
    this.#committed = this.#received;
  }

  /** Frees the resampler. */
  close(): void {
    this.#resampler.close();
  }
}
