/** Levels are judged, and gains changed, once in this many samples (20 ms at 48 kHz). */
const BLOCK = 960;
/** Share of a level that is forgotten a block: about ten seconds of memory. */
const FORGET = 0.002;
/** A channel 60 dB below the loudest holds no one's voice: taking it in would only halve the others. */
const SILENT = 1e-6;
/** Two channels that cancel out so far are one signal with a cable soldered the wrong way round. */
const CANCELLING = -0.9;
/** Left, right, centre, low frequencies, and the rest, of a film's five or more channels: voices are in the centre. */
const SURROUND_WEIGHTS = [0.5, 0.5, 1, 0];
const REAR_WEIGHT = 0.25;

/**
 * Mixes channels to one: their mean, over those that carry sound. A second channel that stays silent does not make
 * the first quieter, and two of opposite polarity do not cancel each other out. Never louder than the loudest channel.
 */
export class MonoMixer {
  /** Mean square of each channel, with the past forgotten slowly. */
  #energies: Float64Array = new Float64Array(0);
  /** The same of the first two multiplied. */
  #product = 0;
  /** Gain of each channel at the end of the last block. */
  #gains: Float64Array = new Float64Array(0);
  #fresh = true;

  /** @param channels all of one length. @returns a new array, or the only channel itself. */
  push(channels: readonly Float32Array[]): Float32Array {
    const [first] = channels;
    if (first === undefined) return new Float32Array(0);
    if (channels.length === 1) return first;
    if (channels.length !== this.#energies.length) this.#restart(channels.length);
    const mixed = new Float32Array(first.length);
    for (let start = 0; start < mixed.length; start += BLOCK) {
      const end = Math.min(start + BLOCK, mixed.length);
      this.#measure(channels, start, end);
      this.#mix(channels, mixed, start, end);
    }
    return mixed;
  }

  #restart(count: number): void {
    this.#energies = new Float64Array(count);
    this.#gains = new Float64Array(count);
    this.#product = 0;
    this.#fresh = true;
  }

  #measure(channels: readonly Float32Array[], start: number, end: number): void {
    for (const [index, channel] of channels.entries()) {
      let sum = 0;
      for (let i = start; i < end; i++) sum += (channel[i] as number) ** 2;
      this.#energies[index] = this.#remember(this.#energies[index] as number, sum / BLOCK);
    }
    const [left, right] = channels;
    if (channels.length !== 2 || !left || !right) return;
    let product = 0;
    for (let i = start; i < end; i++) product += (left[i] as number) * (right[i] as number);
    this.#product = this.#remember(this.#product, product / BLOCK);
  }

  #remember(past: number, now: number): number {
    return past + now - past * FORGET;
  }

  #mix(channels: readonly Float32Array[], mixed: Float32Array, start: number, end: number): void {
    const gains = this.#nextGains();
    const before = this.#fresh ? gains : this.#gains;
    this.#fresh = false;
    for (const [index, channel] of channels.entries()) {
      let gain = before[index] as number;
      const step = ((gains[index] as number) - gain) / (end - start);
      if (gain === 0 && step === 0) continue;
      for (let i = start; i < end; i++) {
        gain += step;
        mixed[i] = (mixed[i] as number) + (channel[i] as number) * gain;
      }
    }
    this.#gains = gains;
  }

  #nextGains(): Float64Array {
    const loudest = this.#energies.reduce((most, energy) => Math.max(most, energy), 0);
    const weights = this.#energies.map((energy, index) =>
      energy > loudest * SILENT || loudest === 0 ? weightOf(index, this.#energies.length) : 0,
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const gains = total > 0 ? weights.map((weight) => weight / total) : weights;
    if (gains.length === 2 && this.#isCancelling()) gains[1] = -(gains[1] as number);
    return gains;
  }

  #isCancelling(): boolean {
    const [left = 0, right = 0] = this.#energies;
    return left > 0 && right > 0 && this.#product < CANCELLING * Math.sqrt(left * right);
  }
}

function weightOf(index: number, channels: number): number {
  return channels < 5 ? 1 : (SURROUND_WEIGHTS[index] ?? REAR_WEIGHT);
}
