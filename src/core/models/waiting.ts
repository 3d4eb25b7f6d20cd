import type { Clock } from '../foundation/clock.ts';

/** Waits; rejects with the signal's reason when it fires first. */
export function wait(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.setTimer(
      delayMs,
      () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      },
      { keepsProcessAlive: true },
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
