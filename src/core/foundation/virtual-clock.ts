import type { Clock, Timer } from './clock.ts';

interface PendingTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that moves only when told to. Timers fire in order of their due time (ties in the order they
 * were set), and promises settle between any two of them, so a run is the same every time.
 */
export class VirtualClock implements Clock {
  #nowMs = 0;
  #order = 0;
  #timers: PendingTimer[] = [];
  readonly #settle: () => Promise<void>;

  /** @param settle lets pending promises run; the default waits for one turn of the event loop. */
  constructor(settle: () => Promise<void> = () => new Promise((resolve) => setImmediate(resolve))) {
    this.#settle = settle;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Timers not yet fired or cancelled. */
  get pendingTimers(): number {
    return this.#timers.length;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const timer: PendingTimer = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      callback,
    };
    // Kept sorted by insertion: the lists are short and most timers go to the end.
    let index = this.#timers.length;
    while (index > 0 && (this.#timers[index - 1] as PendingTimer).dueMs > timer.dueMs) index--;
    this.#timers.splice(index, 0, timer);
    return {
      cancel: () => {
        const at = this.#timers.indexOf(timer);
        if (at >= 0) this.#timers.splice(at, 1);
      },
    };
  }

  /** Moves time forward by `durationMs`, firing every timer that falls due on the way. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await this.#settle();
    for (let next = this.#timers[0]; next && next.dueMs <= untilMs; next = this.#timers[0]) {
      this.#timers.shift();
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
      await this.#settle();
    }
    this.#nowMs = untilMs;
  }

  /** Jumps to the next timer and fires it. @returns false when no timer is pending. */
  async step(): Promise<boolean> {
    await this.#settle();
    const next = this.#timers.shift();
    if (!next) return false;
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.callback();
    await this.#settle();
    return true;
  }
}
