/** A cancellable timer, as returned by {@link Clock.setTimer}. */
export interface Timer {
  /** Stops the timer; does nothing when it has fired or was cancelled before. */
  cancel(): void;
}

/**
 * Time as the core sees it. Everything that waits takes a clock, so that tests and the simulation
 * run in virtual time and no test ever sleeps.
 */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes backwards. */
  now(): number;
  /** Calls `callback` once, `delayMs` milliseconds from now. */
  setTimer(delayMs: number, callback: () => void, options?: TimerOptions): Timer;
}

export interface TimerOptions {
  /** Whether the process waits for the timer before it ends by itself. Default: it does not. */
  readonly keepsProcessAlive?: boolean;
}

/** The machine's own monotonic clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer(delayMs, callback, { keepsProcessAlive = false } = {}) {
    const handle: unknown = setTimeout(callback, delayMs);
    // Node's handle can be told not to keep the process alive; a browser's is a number and needs nothing.
    if (!keepsProcessAlive && typeof handle === 'object' && handle !== null && 'unref' in handle) {
      (handle as { unref(): void }).unref();
    }
    return { cancel: () => clearTimeout(handle as Parameters<typeof clearTimeout>[0]) };
  },
};
