import { millisecondsAt } from '../protocol/positions.ts';

/**
 * Where a stream stands, in the client's own samples: what arrived, and what is accounted for. The latter
 * never falls and never passes the former.
 */
export class StreamPositions {
  readonly #sampleRate: number;
  readonly #start: number;
  #received: number;
  #committed: number;

  /** @param start position of the first sample. */
  constructor(sampleRate: number, start: number) {
    this.#sampleRate = sampleRate;
    this.#start = start;
    this.#received = start;
    this.#committed = start;
  }

  get received(): number {
    return this.#received;
  }

  get committed(): number {
    return this.#committed;
  }

  /** Length of everything received in this session, in milliseconds. */
  get receivedMs(): number {
    return millisecondsAt(this.#received - this.#start, this.#sampleRate);
  }

  /** Takes note of `samples` more samples a channel. */
  receive(samples: number): void {
    this.#received += samples;
  }

  /**
   * Everything before the first `samples` received in this session is accounted for.
   * @returns the committed position.
   */
  commit(samples: number): number {
    this.#committed = Math.max(this.#committed, Math.min(this.#start + samples, this.#received));
    return this.#committed;
  }

  /** Everything received is accounted for. */
  commitAll(): void {
    this.#committed = this.#received;
  }
}
