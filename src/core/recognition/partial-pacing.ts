import { SAMPLES_PER_MS, VOICE_ACTIVITY_WINDOW } from './voice-activity.ts';

/** Partials are never closer than this, in milliseconds of audio. */
const FLOOR_MS = 300;
/** The engine rests for a quarter of the time: others need it, and the machine has other work. */
const DECODE_SHARE = 1.3;
/** Decodes whose median says how long one takes; a single slow one is the machine's, not the model's. */
const MEASURED_DECODES = 5;
/** Behind a live speaker by more than this, partials are skipped until the work has caught up. */
const SKIP_OVER_LAG_MS = 800;

/**
 * When to decode the next partial. On a grid of sample positions, so that the same audio gives the same
 * hypotheses however it arrived, until load makes partials rarer and then stops them.
 */
export class PartialPacing {
  #recentDecodesMs: number[] = [];
  #nextPosition = 0;

  /** Speech was confirmed: the first partial is due at once. */
  begin(position: number): void {
    this.#nextPosition = position;
  }

  /** A decode that covers the audio before `position` has just been made. */
  decoded(position: number, decodeMs: number): void {
    this.#recentDecodesMs = [...this.#recentDecodesMs, decodeMs].slice(-MEASURED_DECODES);
    const sorted = [...this.#recentDecodesMs].sort((a, b) => a - b);
    const typicalMs = sorted[sorted.length >> 1] ?? 0;
    // Whole multiples of the floor, so that a little more or less decode time moves nothing.
    const steps = Math.max(1, Math.ceil((DECODE_SHARE * typicalMs) / FLOOR_MS));
    this.#nextPosition = position + steps * floorSamples();
  }

  /**
   * Whether a partial should be decoded now.
   * @param lagMs how far the work is behind a live speaker. @param waiting samples received behind `position`.
   */
  isDue(position: number, lagMs: number, waiting: number): boolean {
    if (position < this.#nextPosition) return false;
    if (this.isBehind(lagMs, waiting)) {
      this.#nextPosition = position + floorSamples();
      return false;
    }
    return true;
  }

  /** Whether what can be left out should be; parameters as for {@link isDue}. */
  isBehind(lagMs: number, waiting: number): boolean {
    return lagMs > SKIP_OVER_LAG_MS && waiting >= floorSamples();
  }
}

/** The floor in samples: whole voice-activity windows. */
function floorSamples(): number {
  return Math.ceil((FLOOR_MS * SAMPLES_PER_MS) / VOICE_ACTIVITY_WINDOW) * VOICE_ACTIVITY_WINDOW;
}
