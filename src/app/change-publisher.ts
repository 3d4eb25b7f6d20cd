import type { Clock, Timer } from '../core/foundation/clock.ts';
import { describeError } from '../core/foundation/errors.ts';
import type { Logger } from '../core/foundation/logger.ts';

export interface ChangePublisherOptions<View> {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Shortest time between two of them, in milliseconds. */
  readonly intervalMs: number;
  readonly view: () => View | Promise<View>;
  readonly publish: (view: View) => void;
}

/**
 * Tells how something stands, when it changes but no more often than is of use. Views are made one after the other, so
 * that an older one never comes behind a newer one, and the last change is always told.
 */
export class ChangePublisher<View> {
  readonly #options: ChangePublisherOptions<View>;
  #timer: Timer | null = null;
  #working = false;
  #changed = false;
  #closed = false;

  constructor(options: ChangePublisherOptions<View>) {
    this.#options = options;
  }

  /** Something small changed, and will again: it is told soon. */
  soon(): void {
    if (this.#timer !== null || this.#closed) return;
    this.#timer = this.#options.clock.setTimer(this.#options.intervalMs, () => this.now());
  }

  /** Something changed that someone waits for. */
  now(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#changed = true;
    if (!this.#working && !this.#closed) void this.#work();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  async #work(): Promise<void> {
    const { view, publish, logger } = this.#options;
    this.#working = true;
    while (this.#changed && !this.#closed) {
      this.#changed = false;
      try {
        const latest = await view();
        if (!this.#closed) publish(latest);
      } catch (error) {
        logger.warn('A change could not be told.', { reason: describeError(error) });
      }
    }
    this.#working = false;
  }
}
