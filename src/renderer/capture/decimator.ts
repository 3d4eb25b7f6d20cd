/** 48 kHz to 16 kHz. */
const FACTOR = 3;
/** Odd, so that the delay is a whole number of samples (1 ms). */
const TAPS = 97;
/** Half of what is let through, as a share of the input's rate: 7.2 kHz of 48. */
const CUTOFF = 7_200 / 48_000;

/** Takes 48 kHz down to 16 kHz, piece by piece: a windowed sinc, so that nothing above 8 kHz folds back. */
export class Decimator {
  readonly #filter = lowPass();
  /** The last input that the next output still needs. */
  #rest: Float32Array = new Float32Array(TAPS - 1);

  /** @returns a new array. */
  push(samples: Float32Array): Float32Array {
    const input = new Float32Array(this.#rest.length + samples.length);
    input.set(this.#rest);
    input.set(samples, this.#rest.length);
    const count = Math.max(0, Math.floor((input.length - TAPS) / FACTOR) + 1);
    const output = new Float32Array(count);
    for (let n = 0; n < count; n++) {
      let sum = 0;
      for (let k = 0; k < TAPS; k++) {
        sum += (input[n * FACTOR + k] as number) * (this.#filter[k] as number);
      }
      output[n] = sum;
    }
    this.#rest = input.slice(count * FACTOR);
    return output;
  }
}

function lowPass(): Float64Array {
  const middle = (TAPS - 1) / 2;
  const taps = Float64Array.from({ length: TAPS }, (_, k) => {
    const x = k - middle;
    const sinc = x === 0 ? 2 * CUTOFF : Math.sin(2 * Math.PI * CUTOFF * x) / (Math.PI * x);
    // Blackman's window: what it lets through of the rest is 74 dB down.
    const phase = (2 * Math.PI * k) / (TAPS - 1);
    return sinc * (0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase));
  });
  const total = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / total);
}
