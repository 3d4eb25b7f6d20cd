import { BACKOFF_MAX_IN_WINDOW_MS, BACKOFF_MAX_MS } from '../protocol/limits.ts';

/** Wait before the second attempt; it doubles with each one after. */
const BASE_MS = 1_000;

/**
 * How long to wait before the next attempt to connect: nothing before the first, then an exponentially
 * growing time of which a random half is jitter, so that the clients of a restarted server do not come
 * back all at once ("equal jitter" in Brooker, "Exponential Backoff And Jitter", AWS 2015).
 */
export class Backoff {
  readonly #random: () => number;
  readonly #longestMs: number;
  #attempts = 0;

  /**
   * @param random 0 (included) to 1 (excluded).
   * @param longestMs longest wait.
   */
  constructor(random: () => number, longestMs = BACKOFF_MAX_MS) {
    this.#random = random;
    this.#longestMs = longestMs;
  }

  /** Attempts since the last {@link reset}. */
  get attempts(): number {
    return this.#attempts;
  }

  /**
   * Counts one more attempt.
   * @param inWindow the server may still hold the session, so the waits stay short.
   * @returns milliseconds to wait before it.
   */
  next(inWindow: boolean): number {
    const attempt = this.#attempts++;
    if (attempt === 0) return 0;
    const longestMs = inWindow ? Math.min(BACKOFF_MAX_IN_WINDOW_MS, this.#longestMs) : this.#longestMs;
    const delayMs = Math.min(BASE_MS * 2 ** (attempt - 1), longestMs);
    return delayMs / 2 + (delayMs / 2) * this.#random();
  }

  /** The connection held long enough to count as good. */
  reset(): void {
    this.#attempts = 0;
  }
}
