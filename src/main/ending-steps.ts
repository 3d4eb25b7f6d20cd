import type { Clock } from '../core/foundation/clock.ts';
import { describeError } from '../core/foundation/errors.ts';
import type { Logger } from '../core/foundation/logger.ts';

/** Something that must be done before the program ends. */
export interface EndingStep {
  readonly name: string;
  readonly end: () => Promise<unknown>;
  /** Longer than this, in milliseconds, it does not keep the steps after it waiting. */
  readonly patienceMs: number;
}

/** Takes one step after the other. What fails or takes too long keeps none of the others from being taken. */
export async function takeSteps(steps: readonly EndingStep[], clock: Clock, logger: Logger): Promise<void> {
  for (const { name, end, patienceMs } of steps) {
    await new Promise<void>((resolve) => {
      const timer = clock.setTimer(patienceMs, () => {
        logger.warn('A step of ending takes too long; the next one is taken.', { step: name });
        resolve();
      });
      end()
        .catch((error: unknown) => {
          logger.warn('A step of ending failed.', { step: name, reason: describeError(error) });
        })
        .finally(() => {
          timer.cancel();
          resolve();
        });
    });
  }
}
