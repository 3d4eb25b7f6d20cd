import type { Clock, Timer } from '../foundation/clock.ts';
import { CLOSE_SILENCE_TIMEOUT_MS, CLOSE_TIMEOUT_MS } from '../protocol/limits.ts';

/** How long a closing client goes on waiting: while messages still arrive, and not for ever. */
export class ClosingWatch {
  readonly #clock: Clock;
  readonly #giveUp: (why: string) => void;
  readonly #total: Timer;
  #silence: Timer;
  #heardAtMs: number;

  /** @param giveUp called once at most, with what to tell the user. */
  constructor(clock: Clock, giveUp: (why: string) => void) {
    this.#clock = clock;
    this.#giveUp = giveUp;
    this.#heardAtMs = clock.now();
    this.#total = clock.setTimer(CLOSE_TIMEOUT_MS, () =>
      this.#over(`The server needed more than ${CLOSE_TIMEOUT_MS / 1000} seconds to finish.`),
    );
    this.#silence = clock.setTimer(CLOSE_SILENCE_TIMEOUT_MS, () => this.#look());
  }

  /** A message arrived. */
  heard(): void {
    this.#heardAtMs = this.#clock.now();
  }

  cancel(): void {
    this.#total.cancel();
    this.#silence.cancel();
  }

  #look(): void {
    const remainingMs = this.#heardAtMs + CLOSE_SILENCE_TIMEOUT_MS - this.#clock.now();
    if (remainingMs > 0) this.#silence = this.#clock.setTimer(remainingMs, () => this.#look());
    else this.#over(`The server said nothing for ${CLOSE_SILENCE_TIMEOUT_MS / 1000} seconds.`);
  }

  #over(why: string): void {
    this.cancel();
    this.#giveUp(why);
  }
}
