import { fileURLToPath } from 'node:url';
import { BrowserWindow, type BrowserWindowConstructorOptions, type WebContents } from 'electron';

const PRELOAD = fileURLToPath(new URL('../../preload/preload.cjs', import.meta.url));

/** What a window is for, which decides what it may ask for. */
export type WindowRole = 'control' | 'overlay' | 'capture';

const roles = new WeakMap<WebContents, WindowRole>();

/** A window of ours: sandboxed, isolated, without Node. */
export function secureWindow(role: WindowRole, options: BrowserWindowConstructorOptions): BrowserWindow {
  const window = new BrowserWindow({
    ...options,
    webPreferences: {
      ...options.webPreferences,
      preload: PRELOAD,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webviewTag: false,
      webSecurity: true,
      safeDialogs: true,
      spellcheck: false,
    },
  });
  roles.set(window.webContents, role);
  return window;
}

/** `null` for what is none of our windows. */
export function roleOf(contents: WebContents | null): WindowRole | null {
  return contents === null ? null : (roles.get(contents) ?? null);
}
