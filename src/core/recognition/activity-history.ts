import { SAMPLES_PER_MS, VOICE_ACTIVITY_WINDOW } from './voice-activity.ts';

/** A window at or above this counts as voiced. */
const VOICED = 0.5;

/** Speech probabilities of the windows that may still be asked about, in stream order. */
export class ActivityHistory {
  #windows: { readonly end: number; readonly probability: number }[] = [];

  /** @param end position behind the window, at 16 kHz. */
  add(end: number, probability: number): void {
    this.#windows.push({ end, probability });
  }

  discardBefore(position: number): void {
    const keep = this.#windows.findIndex((window) => window.end > position);
    this.#windows = keep < 0 ? [] : this.#windows.slice(keep);
  }

  /** Milliseconds of voice in windows that start at or after `from` and end at or before `to`. */
  voicedMs(from: number, to: number): number {
    return (this.#voiced(from, to).length * VOICE_ACTIVITY_WINDOW) / SAMPLES_PER_MS;
  }

  /** Mean probability of the voiced windows between two positions; 0 where none is voiced. */
  speechProbability(from: number, to: number): number {
    const voiced = this.#voiced(from, to);
    return voiced.reduce((sum, window) => sum + window.probability, 0) / Math.max(1, voiced.length);
  }

  #voiced(from: number, to: number) {
    return this.#windows.filter(
      ({ end, probability }) => probability >= VOICED && end - VOICE_ACTIVITY_WINDOW >= from && end <= to,
    );
  }
}
