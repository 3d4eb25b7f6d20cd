/** Samples a chunk holds: half a second at 16 kHz. */
const CHUNK_LENGTH = 8192;

/**
 * The part of an audio stream that is still needed, addressed by absolute sample position. Appending and
 * discarding are amortised O(1) a sample, a slice costs its own length, and memory is what is kept plus at
 * most two chunks of 8,192 samples, however the stream was cut into appends.
 */
export class SampleBuffer {
  /** Equally long and gapless; the first and the last one may be used in part. */
  readonly #chunks: Float32Array[] = [];
  /** Position of the first chunk's first sample. */
  #base: number;
  #start: number;
  #end: number;

  /** @param start position of the first sample that will be appended. */
  constructor(start = 0) {
    this.#base = start;
    this.#start = start;
    this.#end = start;
  }

  /** Position of the oldest sample that is kept. */
  get start(): number {
    return this.#start;
  }

  /** Position behind the newest sample. */
  get end(): number {
    return this.#end;
  }

  /** Number of samples that are kept. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Appends samples at {@link end}. They are copied. */
  append(samples: Float32Array): void {
    for (let taken = 0; taken < samples.length; ) {
      const offset = (this.#end - this.#base) % CHUNK_LENGTH;
      const index = (this.#end - this.#base - offset) / CHUNK_LENGTH;
      const part = samples.subarray(taken, taken + CHUNK_LENGTH - offset);
      this.#chunks[index] ??= new Float32Array(CHUNK_LENGTH);
      this.#chunks[index].set(part, offset);
      this.#end += part.length;
      taken += part.length;
    }
  }

  /**
   * A copy of the samples in [`from`, `to`).
   * @throws {RangeError} unless {@link start} ≤ `from` ≤ `to` ≤ {@link end}, both whole numbers.
   */
  slice(from: number, to: number): Float32Array {
    const kept = Number.isInteger(from) && Number.isInteger(to) && this.#start <= from && to <= this.#end;
    if (!kept || from > to) {
      throw new RangeError(
        `Samples ${from} to ${to} were asked for, but ${this.#start} to ${this.#end} are kept. Keep audio until it is no longer needed.`,
      );
    }
    const result = new Float32Array(to - from);
    for (let position = from; position < to; ) {
      const offset = (position - this.#base) % CHUNK_LENGTH;
      const chunk = this.#chunks[(position - this.#base - offset) / CHUNK_LENGTH] as Float32Array;
      const part = chunk.subarray(offset, Math.min(CHUNK_LENGTH, offset + to - position));
      result.set(part, position - from);
      position += part.length;
    }
    return result;
  }

  /**
   * Forgets the samples before `position`. A position at or before {@link start} does nothing.
   * @throws {RangeError} when `position` lies behind {@link end} or is no whole number.
   */
  discardBefore(position: number): void {
    if (!Number.isInteger(position) || position > this.#end) {
      throw new RangeError(
        `Samples before ${position} cannot be discarded: only samples up to ${this.#end} have arrived.`,
      );
    }
    if (position <= this.#start) return;
    this.#start = position;
    const spent = Math.floor((position - this.#base) / CHUNK_LENGTH);
    if (spent > 0) {
      this.#chunks.splice(0, spent);
      this.#base += spent * CHUNK_LENGTH;
    }
  }
}
