/** At 16 kHz: what is waited for before the first sample is given, so that pieces that come late are not missed. */
const PREFILL_SAMPLES = 1_920;
/** Above this, two clocks drift apart: a little more is taken than given. */
const HIGH_SAMPLES = 3_200;
/** Below this, a little less is taken. */
const LOW_SAMPLES = 960;
/** More than half a second is no drift but a stall that has ended: captions shall not lag behind it. */
const CAPACITY_SAMPLES = 8_000;

/**
 * Samples that come in pieces by one clock and are taken in frames by another. Where the clocks differ, a frame is
 * stretched or squeezed by one sample (0.16 % of 640, enough for clocks 1,500 parts in a million apart); where nothing
 * has come, silence is given until there is enough again.
 */
export class SampleRing {
  readonly #ring = new Float32Array(CAPACITY_SAMPLES);
  #start = 0;
  #filled = 0;
  #isFlowing = false;
  #dropped = 0;
  #missing = 0;

  /** Samples that were thrown away because nobody took them in time. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Samples of silence that stood in for ones that did not come. */
  get missing(): number {
    return this.#missing;
  }

  write(samples: Float32Array): void {
    for (const sample of samples) {
      if (this.#filled === CAPACITY_SAMPLES) this.#skip(CAPACITY_SAMPLES - PREFILL_SAMPLES);
      this.#ring[(this.#start + this.#filled) % CAPACITY_SAMPLES] = sample;
      this.#filled++;
    }
  }

  /** @returns a new array of `length` samples. */
  read(length: number): Float32Array {
    const frame = new Float32Array(length);
    if (!this.#isFlowing && this.#filled >= PREFILL_SAMPLES) this.#isFlowing = true;
    const taken = length + this.#correction();
    if (!this.#isFlowing || this.#filled < taken) {
      this.#isFlowing = false;
      this.#missing += length;
      return frame;
    }
    for (let i = 0; i < length; i++) {
      const position = length === 1 ? 0 : (i * (taken - 1)) / (length - 1);
      const index = Math.floor(position);
      const share = position - index;
      const here = this.#at(index);
      frame[i] = share === 0 ? here : here + (this.#at(index + 1) - here) * share;
    }
    this.#start = (this.#start + taken) % CAPACITY_SAMPLES;
    this.#filled -= taken;
    return frame;
  }

  #correction(): number {
    if (this.#filled > HIGH_SAMPLES) return 1;
    return this.#filled < LOW_SAMPLES ? -1 : 0;
  }

  #at(index: number): number {
    return this.#ring[(this.#start + index) % CAPACITY_SAMPLES] as number;
  }

  #skip(count: number): void {
    this.#start = (this.#start + count) % CAPACITY_SAMPLES;
    this.#filled -= count;
    this.#dropped += count;
  }
}
