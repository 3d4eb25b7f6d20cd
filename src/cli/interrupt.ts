/** How a command hears of Ctrl-C and of being asked to end. */
export interface Interrupt {
  /** Fires at the first SIGINT or SIGTERM: end politely. */
  readonly polite: AbortSignal;
  /** Stops listening. */
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Listens for SIGINT and SIGTERM. The first one is for the command to end politely; at the second
 * `giveUp` is called, which must not wait.
 */
export function listenForInterrupt(giveUp: () => void): Interrupt {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) giveUp();
    else controller.abort();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    polite: controller.signal,
    release() {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
