import type { BrowserWindow } from 'electron';
import type { Clock, Timer } from '../../core/foundation/clock.ts';
import type { Logger } from '../../core/foundation/logger.ts';

/** A page that fails this often within this time is not loaded again by itself. */
const MOST_RELOADS = 3;
const RELOAD_WINDOW_MS = 60_000;
/** A page that hangs so long is ended, and loaded again. */
const HANG_MS = 10_000;

export interface WindowRecoveryOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** It fails again and again: the user must be told. */
  readonly onGivenUp: () => void;
}

/** Loads a window’s page again when its process crashed, was killed or hangs. */
export function recoverWindow(window: BrowserWindow, options: WindowRecoveryOptions): void {
  const { name, clock, logger, onGivenUp } = options;
  let reloadedAt: number[] = [];
  let hang: Timer | null = null;
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    logger.error('A window failed.', { window: name, reason, exitCode });
    const now = clock.now();
    reloadedAt = reloadedAt.filter((at) => now - at < RELOAD_WINDOW_MS);
    if (reloadedAt.length >= MOST_RELOADS) {
      reloadedAt = [];
      onGivenUp();
      return;
    }
    reloadedAt.push(now);
    window.webContents.reload();
  });
  window.on('unresponsive', () => {
    logger.warn('A window does not answer.', { window: name });
    hang?.cancel();
    hang = clock.setTimer(HANG_MS, () => {
      if (!window.isDestroyed()) window.webContents.forcefullyCrashRenderer();
    });
  });
  window.on('responsive', () => {
    hang?.cancel();
    hang = null;
  });
  window.on('closed', () => hang?.cancel());
}
