import { app, powerMonitor } from 'electron';
import type { Clock } from '../core/foundation/clock.ts';
import type { Logger } from '../core/foundation/logger.ts';
import { type EndingStep, takeSteps } from './ending-steps.ts';

/** Longer than this nobody waits for a program to end. */
const DEADLINE_MS = 5_000;

/** Ends the program properly, however it is asked to: last words, journals and servers first, within 5 s. */
export class Shutdown {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #steps: EndingStep[] = [];
  #ending: Promise<void> | null = null;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
    app.on('before-quit', (event) => {
      event.preventDefault();
      void this.#quit();
    });
    // A terminal’s Ctrl-C, a service manager, the end of a session.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit());
    if (process.platform !== 'win32') powerMonitor.on('shutdown', () => app.quit());
    app.on('browser-window-created', (_event, window) => window.on('session-end', () => app.quit()));
  }

  get isEnding(): boolean {
    return this.#ending !== null;
  }

  /**
   * Adds what must be done first; what was added last is done first.
   * @param patienceMs longer than this it does not keep what comes after it waiting.
   */
  before(name: string, patienceMs: number, end: () => Promise<unknown>): void {
    this.#steps.unshift({ name, end, patienceMs });
  }

  #quit(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const startedAt = this.#clock.now();
    const deadline = new Promise<'late'>((resolve) => {
      this.#clock.setTimer(DEADLINE_MS, () => resolve('late'));
    });
    const outcome = await Promise.race([takeSteps(this.#steps, this.#clock, this.#logger), deadline]);
    if (outcome === 'late') this.#logger.warn('Ending took too long and was cut short.');
    this.#logger.info('Ended.', { tookMs: Math.round(this.#clock.now() - startedAt) });
    app.exit(0);
  }
}
