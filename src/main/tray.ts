import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Menu, nativeImage, Tray } from 'electron';
import type { CaptionState } from '../core/captions/caption-state.ts';
import type { OverlayView } from '../ipc/views.ts';
import { type TrayAction, type TrayIcon, trayIcon, trayMenu, trayTooltip } from './tray-menu.ts';

export interface TrayOptions {
  /** Folder with our icons. */
  readonly icons: string;
  readonly act: (action: TrayAction) => void;
}

/** The icon in the system’s bar. It shows how captions are doing and works without any window. */
export class AppTray {
  readonly #options: TrayOptions;
  readonly #tray: Tray;
  #captions: Pick<CaptionState, 'phase' | 'problem'> = { phase: 'idle', problem: null };
  #overlay: OverlayView;
  #told = '';

  constructor(options: TrayOptions, overlay: OverlayView) {
    this.#options = options;
    this.#overlay = overlay;
    this.#tray = new Tray(image(options.icons, 'idle'));
    // On macOS and Linux a click opens the menu by itself.
    if (process.platform === 'win32') this.#tray.on('click', () => options.act('open'));
    this.#show();
  }

  captionsChanged({ phase, problem }: Pick<CaptionState, 'phase' | 'problem'>): void {
    this.#captions = { phase, problem };
    this.#show();
  }

  overlayChanged(overlay: OverlayView): void {
    this.#overlay = overlay;
    this.#show();
  }

  destroy(): void {
    if (!this.#tray.isDestroyed()) this.#tray.destroy();
  }

  #show(): void {
    const items = trayMenu(this.#captions, this.#overlay);
    const icon = trayIcon(this.#captions);
    const told = JSON.stringify([items, icon]);
    if (told === this.#told || this.#tray.isDestroyed()) return;
    this.#told = told;
    this.#tray.setImage(image(this.#options.icons, icon));
    this.#tray.setToolTip(trayTooltip(this.#captions));
    this.#tray.setContextMenu(
      Menu.buildFromTemplate(
        items.map((item) =>
          item === null
            ? { type: 'separator' }
            : { label: item.label, enabled: item.enabled, click: () => this.#options.act(item.action) },
        ),
      ),
    );
  }
}

/** macOS colours template images itself; their `@2x` is found by name. */
function image(folder: string, icon: TrayIcon): Electron.NativeImage {
  const name = process.platform === 'darwin' ? `tray-${icon}-Template.png` : `tray-${icon}.png`;
  return nativeImage.createFromPath(path.join(folder, name));
}

const WATCHER = 'org.kde.StatusNotifierWatcher';
const BUS = 'org.freedesktop.DBus';
/** Programs that can ask the session’s bus whether somebody shows icons, and how to ask them. */
const PROBES: readonly (readonly [string, readonly string[]])[] = [
  [
    'gdbus',
    [
      'call',
      '--session',
      '--dest',
      BUS,
      '--object-path',
      '/org/freedesktop/DBus',
      '--method',
      `${BUS}.NameHasOwner`,
      WATCHER,
    ],
  ],
  [
    'dbus-send',
    [
      '--session',
      '--print-reply',
      `--dest=${BUS}`,
      '/org/freedesktop/DBus',
      `${BUS}.NameHasOwner`,
      `string:${WATCHER}`,
    ],
  ],
];

/**
 * Whether the system shows our icon. Linux desktops need not: GNOME has none without an extension. Where it cannot be
 * told, there is none: a program without a window nor an icon could not be ended.
 */
export async function hasTray(platform: NodeJS.Platform = process.platform): Promise<boolean> {
  if (platform !== 'linux') return true;
  for (const [program, args] of PROBES) {
    try {
      const { stdout } = await promisify(execFile)(program, args, { timeout: 2_000 });
      return stdout.includes('true');
    } catch {
      // Not installed, or no bus: the next one may know more.
    }
  }
  return false;
}
