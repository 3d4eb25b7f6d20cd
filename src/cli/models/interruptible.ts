import { ModelError } from '../../core/models/model-error.ts';
import { EXIT } from '../exit-codes.ts';
import { listenForInterrupt } from '../interrupt.ts';
import type { ProgressDisplay } from './progress-display.ts';

/**
 * Runs something long that Ctrl-C ends politely, and a second one at once.
 * @param work resolves to its exit code, or rejects with `cancelled` when its signal was heard.
 * @returns the exit code. The display is ended in any case.
 */
export async function interruptible(
  display: ProgressDisplay,
  stderr: { write(text: string): unknown },
  work: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const interrupt = listenForInterrupt(() => {
    display.end();
    process.exit(EXIT.interrupted);
  });
  try {
    return await work(interrupt.polite);
  } catch (error) {
    display.end();
    if (!(error instanceof ModelError) || error.code !== 'cancelled') throw error;
    stderr.write(`${error.message}\n`);
    return EXIT.interrupted;
  } finally {
    interrupt.release();
  }
}
