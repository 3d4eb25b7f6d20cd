import type { Clock } from '../../core/foundation/clock.ts';

/** Long enough to be steady, short enough to follow a network that changes. */
const WINDOW_MS = 8000;

interface Reading {
  readonly atMs: number;
  readonly bytes: number;
}

/** How fast a count of bytes grows, over the last seconds. */
export class SpeedMeter {
  readonly #clock: Clock;
  #readings: Reading[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes that `bytes` are there now. Fewer than before begin anew. */
  note(bytes: number): void {
    const atMs = this.#clock.now();
    if (bytes < (this.#readings.at(-1)?.bytes ?? 0)) this.#readings = [];
    const last = this.#readings.at(-1);
    if (this.#readings.length > 1 && last && atMs - last.atMs < WINDOW_MS / 80) this.#readings.pop();
    this.#readings.push({ atMs, bytes });
    this.#readings = this.#readings.filter((reading) => atMs - reading.atMs <= WINDOW_MS);
  }

  /** Bytes a second; `null` while there is too little to tell. */
  get bytesPerSecond(): number | null {
    const first = this.#readings[0];
    const last = this.#readings.at(-1);
    if (!first || !last || last.atMs - first.atMs < WINDOW_MS / 16) return null;
    return ((last.bytes - first.bytes) / (last.atMs - first.atMs)) * 1000;
  }

  forget(): void {
    this.#readings = [];
  }
}
