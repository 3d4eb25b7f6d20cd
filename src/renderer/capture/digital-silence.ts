/** So long is a pause in which every single sample is zero: no room is that quiet, so nothing is connected. */
const SILENT_AFTER_MS = 3_000;
const SAMPLES_PER_MS = 16;

/** Tells digital silence (every sample exactly zero) from a quiet room. Time is counted in samples at 16 kHz. */
export class DigitalSilence {
  #zeros = 0;

  /** @returns whether there has been nothing but zeros for {@link SILENT_AFTER_MS}. */
  push(samples: Float32Array): boolean {
    const last = samples.findLastIndex((sample) => sample !== 0);
    this.#zeros = last < 0 ? this.#zeros + samples.length : samples.length - 1 - last;
    return this.isSilent;
  }

  get isSilent(): boolean {
    return this.forMs >= SILENT_AFTER_MS;
  }

  /** How long it has lasted. */
  get forMs(): number {
    return Math.floor(this.#zeros / SAMPLES_PER_MS);
  }

  /** Another device: what the last one gave says nothing of it. */
  reset(): void {
    this.#zeros = 0;
  }
}
