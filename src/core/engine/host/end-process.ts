import type { Clock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import type { EngineProcess } from './process.ts';

/** What an engine process gets for freeing its model before it is ended. */
const MAX_CLOSE_MS = 5_000;

/** Asks an engine process to leave, and ends it if it does not. Resolves when it has gone. */
export function endProcess(process: EngineProcess, clock: Clock, logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(MAX_CLOSE_MS, () => {
      logger.warn('The engine process did not end when asked to, and was ended.');
      process.kill();
      resolve();
    });
    process.onExit(() => {
      timer.cancel();
      resolve();
    });
    process.post({ type: 'close' });
  });
}
