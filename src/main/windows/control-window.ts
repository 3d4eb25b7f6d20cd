import { type BrowserWindow, nativeTheme, screen } from 'electron';
import type { Clock } from '../../core/foundation/clock.ts';
import { describeError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import { pageUrl } from '../app-protocol.ts';
import { STRINGS } from '../strings.ts';
import { centred, type Rectangle, reachable } from './placement.ts';
import { secureWindow } from './secure-window.ts';
import { recoverWindow } from './window-recovery.ts';
import type { WindowStateFile } from './window-state.ts';

/** Wide enough for the navigation to have its words. */
const USUAL_SIZE = { width: 1120, height: 760 };
const LEAST_SIZE = { minWidth: 480, minHeight: 400 };
/** The window is shown after so long, painted or not. */
const SLOW_PAGE_MS = 3_000;
/** What is seen before the page is painted; the tokens’ own backgrounds. */
const BACKGROUND = { light: '#ffffff', dark: '#16181d' };

export interface ControlWindowOptions {
  readonly state: WindowStateFile;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly icon: string;
  /** Tells its page to show this one of its pages. */
  readonly tellPage: (page: string) => void;
  /** The user closed it. */
  readonly onClosed: () => void;
  /** Its page fails again and again. */
  readonly onGivenUp: () => void;
}

/** The window with everything but the captions. While it is closed it is not there at all and costs nothing. */
export class ControlWindow {
  readonly #options: ControlWindowOptions;
  #window: BrowserWindow | null = null;

  constructor(options: ControlWindowOptions) {
    this.#options = options;
    const correct = (): void => this.#correct();
    screen.on('display-removed', correct);
    screen.on('display-metrics-changed', correct);
  }

  get window(): BrowserWindow | null {
    return this.#window;
  }

  /** Shows it, on a page where one is named. */
  show(page?: string): void {
    const open = this.#window;
    if (!open) {
      this.#open(page);
      return;
    }
    if (open.isMinimized()) open.restore();
    open.show();
    open.focus();
    if (page !== undefined) this.#options.tellPage(page);
  }

  /** Loads its page again. */
  reload(): void {
    this.#window?.webContents.reload();
  }

  #open(page: string | undefined): void {
    const { state, clock, logger, icon, onClosed, onGivenUp } = this.#options;
    const kept = state.state.control;
    const primary = screen.getPrimaryDisplay().workArea;
    const bounds = reachable(kept?.bounds ?? centred(fitting(primary), primary), workAreas());
    const window = secureWindow('control', {
      ...bounds,
      ...LEAST_SIZE,
      show: false,
      title: STRINGS.productName,
      icon,
      autoHideMenuBar: true,
      backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    });
    this.#window = window;
    const show = (): void => {
      slow.cancel();
      if (window.isDestroyed() || window.isVisible()) return;
      if (kept?.maximized) window.maximize();
      window.show();
      logger.info('The window is shown.', { sinceStartMs: Math.round(performance.now()) });
    };
    // A page that cannot be painted must not leave the user without a window.
    const slow = clock.setTimer(SLOW_PAGE_MS, show);
    window.once('ready-to-show', show);
    recoverWindow(window, { name: 'control', clock, logger, onGivenUp });
    const remember = (): void => {
      if (window.isDestroyed() || window.isMinimized()) return;
      state.change({ control: { bounds: window.getNormalBounds(), maximized: window.isMaximized() } });
    };
    for (const event of ['resize', 'move', 'maximize', 'unmaximize'] as const) {
      window.on(event as 'resize', remember);
    }
    window.on('closed', () => {
      this.#window = null;
      onClosed();
    });
    window.loadURL(pageUrl('index.html', page)).catch((error: unknown) => {
      logger.error('The window could not load its page.', { reason: describeError(error) });
    });
  }

  /** Brings it back when its display is gone. */
  #correct(): void {
    const window = this.#window;
    if (!window || window.isMaximized() || window.isFullScreen()) return;
    const bounds = window.getBounds();
    const corrected = reachable(bounds, workAreas());
    if (corrected.x !== bounds.x || corrected.y !== bounds.y) window.setBounds(corrected);
  }
}

function workAreas(): [Rectangle, ...Rectangle[]] {
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter((display) => display.id !== primary.id);
  return [primary.workArea, ...others.map((display) => display.workArea)];
}

function fitting(area: Rectangle): { width: number; height: number } {
  return {
    width: Math.min(USUAL_SIZE.width, area.width),
    height: Math.min(USUAL_SIZE.height, area.height),
  };
}
