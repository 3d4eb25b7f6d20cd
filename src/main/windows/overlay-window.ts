import { type BrowserWindow, type Display, screen } from 'electron';
import type { SettingsOwner } from '../../app/settings-owner.ts';
import type { CaptionState } from '../../core/captions/caption-state.ts';
import type { Clock, Timer } from '../../core/foundation/clock.ts';
import { describeError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import type { OverlayView } from '../../ipc/views.ts';
import { pageUrl } from '../app-protocol.ts';
import { STRINGS } from '../strings.ts';
import { type ClickThrough, observedClickThrough } from './click-through.ts';
import { dragged, freeSpotOf, placeOverlay, type Rectangle, usualOverlayWidth, within } from './placement.ts';
import { secureWindow } from './secure-window.ts';
import { recoverWindow } from './window-recovery.ts';
import type { OverlaySpot, WindowStateFile } from './window-state.ts';

/** Height until the page has told how tall its captions are. */
const FIRST_HEIGHT = 120;
/** So long after its last step a drag is over. */
const DRAG_SETTLE_MS = 400;
/** So long the last words stay after captions ended. */
const LINGER_MS = 15_000;

export interface OverlayWindowOptions {
  readonly settings: SettingsOwner;
  readonly state: WindowStateFile;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly clickThrough: ClickThrough;
  readonly onChange: (view: OverlayView) => void;
  readonly onGivenUp: () => void;
  readonly signal: AbortSignal;
}

/** A drag that runs: where it would be if no edge of the screen were in the way. */
interface Drag {
  bounds: Rectangle;
  moved: boolean;
  readonly resized: boolean;
  readonly timer: Timer;
}

/**
 * The captions above all other windows. It stands where the settings say, on the display it was last moved to, and is
 * on screen only while there is something to show: captions run, or it is unlocked to be placed.
 */
export class OverlayWindow {
  readonly #options: OverlayWindowOptions;
  #window: BrowserWindow | null = null;
  #height = FIRST_HEIGHT;
  #clickThrough: ClickThrough;
  #drag: Drag | null = null;
  #isNeeded = false;
  #linger: Timer | null = null;
  #told = '';
  /** The display it stands on. */
  #key = '';

  constructor(options: OverlayWindowOptions) {
    this.#options = options;
    this.#clickThrough = options.clickThrough;
    const follow = (): void => this.#displaysChanged();
    for (const event of ['display-added', 'display-removed', 'display-metrics-changed'] as const) {
      screen.on(event as 'display-added', follow);
      options.signal.addEventListener('abort', () => screen.off(event as 'display-added', follow));
    }
    options.settings.onChange(() => this.#settingsChanged(), options.signal);
    this.#key = keyOf(this.#display());
  }

  get window(): BrowserWindow | null {
    return this.#window;
  }

  get view(): OverlayView {
    const { values } = this.#options.settings.read();
    return {
      visible: values['overlay.visible'],
      locked: values['overlay.locked'],
      position: values['overlay.position'],
      clickThrough: this.#clickThrough,
    };
  }

  /** Loads its page, out of sight. */
  open(): void {
    const { clock, logger, onGivenUp } = this.#options;
    const window = secureWindow('overlay', {
      ...this.#place(),
      show: false,
      title: STRINGS.overlayTitle,
      frame: false,
      transparent: true,
      backgroundColor: '#00000000',
      hasShadow: false,
      // A panel stands above other programs’ full screens on macOS, and takes no focus from them.
      ...(process.platform === 'darwin' ? { type: 'panel' } : {}),
      alwaysOnTop: true,
      focusable: false,
      skipTaskbar: true,
      resizable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      acceptFirstMouse: true,
      roundedCorners: false,
      // Captions come on time also where the system thinks that nobody sees them.
      webPreferences: { backgroundThrottling: false },
    });
    this.#window = window;
    window.on('page-title-updated', (event) => event.preventDefault());
    window.on('closed', () => {
      this.#window = null;
    });
    window.webContents.on('input-event', (_event, { type }) => {
      if (type === 'mouseDown' && this.view.locked) this.#clicked();
    });
    recoverWindow(window, { name: 'overlay', clock, logger, onGivenUp });
    window.loadURL(pageUrl('captions.html')).catch((error: unknown) => {
      logger.error('The captions window could not load its page.', { reason: describeError(error) });
    });
    this.#apply();
  }

  reload(): void {
    this.#window?.webContents.reload();
  }

  /** Hears how captions are doing: it is on screen while they run. */
  captionsChanged({ phase, problem }: Pick<CaptionState, 'phase' | 'problem'>): void {
    this.#linger?.cancel();
    this.#linger = null;
    if (phase !== 'idle' || problem !== null) {
      this.#isNeeded = true;
    } else if (this.#isNeeded) {
      this.#linger = this.#options.clock.setTimer(LINGER_MS, () => {
        this.#isNeeded = false;
        this.#apply();
      });
    }
    this.#apply();
  }

  /** The page tells how tall its captions are, in its own pixels. */
  resize(height: number): void {
    const zoom = this.#window?.webContents.getZoomFactor() ?? 1;
    this.#height = Math.ceil(height * zoom);
    this.#move();
  }

  /** A step of a drag; ignored while it is locked. */
  drag(edge: 'move' | 'left' | 'right', deltaX: number, deltaY: number): void {
    const window = this.#window;
    if (!window || this.view.locked) return;
    const { clock } = this.#options;
    const previous = this.#drag;
    previous?.timer.cancel();
    const bounds = dragged(previous?.bounds ?? window.getBounds(), edge, deltaX, deltaY);
    this.#drag = {
      bounds,
      moved: (previous?.moved ?? false) || edge === 'move',
      resized: (previous?.resized ?? false) || edge !== 'move',
      timer: clock.setTimer(DRAG_SETTLE_MS, () => void this.#dropped()),
    };
    this.#setBounds(within(bounds, this.#displayUnder(bounds).workArea));
  }

  /** Back to where its setting says, as wide as its letters ask. */
  resetPosition(): void {
    this.#remember(this.#key, { free: null, width: null });
    this.#move();
  }

  #clicked(): void {
    if (!this.#clickThrough.works) return;
    this.#options.logger.warn('Clicks do not pass through the captions on this system.');
    this.#clickThrough = observedClickThrough();
    this.#tell();
  }

  async #dropped(): Promise<void> {
    const { state } = this.#options;
    const drag = this.#drag;
    const window = this.#window;
    this.#drag = null;
    if (!drag || !window) return;
    const bounds = window.getBounds();
    const display = this.#displayUnder(bounds);
    this.#key = keyOf(display);
    state.change({ overlayDisplay: this.#key });
    // Resized only, it stays in its preset: in the middle, as wide as it was made.
    this.#remember(this.#key, {
      ...(drag.moved ? { position: 'free', free: freeSpotOf(bounds, display.workArea) } : {}),
      ...(drag.resized ? { width: bounds.width } : {}),
    });
    if (drag.moved) await this.#choosePosition('free');
    this.#move();
  }

  #settingsChanged(): void {
    const { position } = this.view;
    if (position !== this.#spot(this.#key)?.position) this.#remember(this.#key, { position });
    this.#apply();
  }

  /** On another display it stands as it stood there before. */
  #displaysChanged(): void {
    this.#drag?.timer.cancel();
    this.#drag = null;
    const key = keyOf(this.#display());
    if (key !== this.#key) {
      this.#key = key;
      this.#options.logger.info('The captions moved to another display.');
      const stood = this.#spot(key)?.position;
      if (stood) void this.#choosePosition(stood);
    }
    this.#apply();
  }

  #spot(key: string): OverlaySpot | null {
    return this.#options.state.state.overlaySpots[key] ?? null;
  }

  #remember(key: string, change: Partial<OverlaySpot>): void {
    const { state } = this.#options;
    const spot = this.#spot(key) ?? { position: this.view.position, free: null, width: null };
    state.change({ overlaySpots: { ...state.state.overlaySpots, [key]: { ...spot, ...change } } });
  }

  async #choosePosition(position: OverlayView['position']): Promise<void> {
    const { settings, logger } = this.#options;
    if (this.view.position === position) return;
    try {
      await settings.write('overlay.position', position);
    } catch (error) {
      logger.warn('The place of the captions could not be kept.', { reason: describeError(error) });
    }
  }

  /** Brings the window in line with settings, captions and displays. */
  #apply(): void {
    const window = this.#window;
    if (!window) return;
    const { visible, locked } = this.view;
    this.#move();
    if (visible && (this.#isNeeded || !locked)) {
      if (!window.isVisible()) window.showInactive();
      this.#stayOnTop(window);
    } else if (window.isVisible()) {
      window.hide();
    }
    this.#passClicks(window);
    this.#tell();
  }

  #stayOnTop(window: BrowserWindow): void {
    window.setAlwaysOnTop(true, 'screen-saver');
    // As a panel it needs no change of the app’s kind, which would take its icon out of the dock for a moment.
    window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true, skipTransformProcessType: true });
  }

  /** Asked anew whenever the window was moved or shown: on X11 that may undo it. */
  #passClicks(window: BrowserWindow): void {
    if (this.view.locked) window.setIgnoreMouseEvents(true, { forward: true });
    else window.setIgnoreMouseEvents(false);
  }

  #move(): void {
    if (this.#drag) return;
    this.#setBounds(this.#place());
  }

  #setBounds(bounds: Rectangle): void {
    const window = this.#window;
    if (!window) return;
    const { x, y, width, height } = window.getBounds();
    if (x === bounds.x && y === bounds.y && width === bounds.width && height === bounds.height) return;
    window.setBounds(bounds);
    this.#passClicks(window);
  }

  #place(): Rectangle {
    const { values } = this.#options.settings.read();
    const display = this.#display();
    const { workArea } = display;
    return placeOverlay({
      position: values['overlay.position'],
      workArea,
      size: {
        width: usualOverlayWidth(
          values['appearance.fontSize'],
          values['appearance.lineCharacters'],
          workArea,
        ),
        height: this.#height,
      },
      spot: this.#spot(keyOf(display)),
    });
  }

  /** The display it was last moved to; while that is away, the first. */
  #display(): Display {
    const wanted = this.#options.state.state.overlayDisplay;
    return screen.getAllDisplays().find((display) => keyOf(display) === wanted) ?? screen.getPrimaryDisplay();
  }

  #displayUnder(bounds: Rectangle): Display {
    return screen.getDisplayNearestPoint({
      x: Math.round(bounds.x + bounds.width / 2),
      y: Math.round(bounds.y + bounds.height / 2),
    });
  }

  #tell(): void {
    const { view } = this;
    const told = JSON.stringify(view);
    if (told === this.#told) return;
    this.#told = told;
    this.#options.onChange(view);
  }
}

function keyOf(display: Display): string {
  return String(display.id);
}
