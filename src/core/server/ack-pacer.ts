import type { Clock, Timer } from '../foundation/clock.ts';
import { ACK_INTERVAL_MS } from '../protocol/limits.ts';
import type { AckMessage } from '../protocol/server-messages.ts';

interface Positions {
  readonly received: number;
  readonly committed: number;
}

/** Sends `ack`s: whenever asked, else at most one a second and only when something changed. */
export class AckPacer {
  readonly #clock: Clock;
  readonly #positions: Positions;
  #send: ((ack: AckMessage) => void) | null = null;
  #timer: Timer | null = null;
  #lastSentMs = 0;
  #lastReceived = -1;
  #lastCommitted = -1;

  /** @param positions read whenever an `ack` is sent. */
  constructor(clock: Clock, positions: Positions) {
    this.#clock = clock;
    this.#positions = positions;
  }

  /** Sends to `send` from now on, beginning with the next change. */
  start(send: (ack: AckMessage) => void): void {
    this.stop();
    this.#send = send;
    this.#lastSentMs = this.#clock.now();
  }

  /** Sends nothing more. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#send = null;
  }

  /** The positions may have changed. */
  changed(): void {
    if (!this.#send || this.#timer) return;
    const waitMs = Math.max(0, this.#lastSentMs + ACK_INTERVAL_MS - this.#clock.now());
    this.#timer = this.#clock.setTimer(waitMs, () => {
      this.#timer = null;
      if (this.#differs()) this.sendNow();
    });
  }

  /** Sends an `ack` at once. */
  sendNow(): void {
    if (!this.#send) return;
    this.#lastSentMs = this.#clock.now();
    this.#lastReceived = this.#positions.received;
    this.#lastCommitted = this.#positions.committed;
    this.#send({
      type: 'ack',
      received_samples: this.#lastReceived,
      committed_samples: this.#lastCommitted,
    });
  }

  #differs(): boolean {
    return (
      this.#positions.received !== this.#lastReceived || this.#positions.committed !== this.#lastCommitted
    );
  }
}
