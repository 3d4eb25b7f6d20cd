import type { AudioLevel } from '../../core/captions/capture-types.ts';

/** A tenth of a second at 16 kHz. */
const WINDOW_SAMPLES = 1_600;
const SILENCE_DB = -120;

/** Loudness, ten times a second of audio. */
export class LevelMeter {
  #count = 0;
  #energy = 0;
  #peak = 0;

  /** @returns the level of the last window that these samples completed; `null` where they completed none. */
  push(samples: Float32Array): AudioLevel | null {
    let level: AudioLevel | null = null;
    for (const sample of samples) {
      this.#energy += sample * sample;
      this.#peak = Math.max(this.#peak, Math.abs(sample));
      this.#count++;
      if (this.#count === WINDOW_SAMPLES) level = this.#take();
    }
    return level;
  }

  #take(): AudioLevel {
    const level = {
      rmsDb: decibels(Math.sqrt(this.#energy / WINDOW_SAMPLES)),
      peakDb: decibels(this.#peak),
    };
    this.#count = 0;
    this.#energy = 0;
    this.#peak = 0;
    return level;
  }
}

function decibels(amplitude: number): number {
  return amplitude === 0 ? SILENCE_DB : Math.max(SILENCE_DB, 20 * Math.log10(amplitude));
}
