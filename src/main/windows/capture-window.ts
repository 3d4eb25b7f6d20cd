import type { BrowserWindow } from 'electron';
import { pageUrl } from '../app-protocol.ts';
import { secureWindow } from './secure-window.ts';

/** The hidden window that captures. Nothing reloads it but whoever uses it, since it holds a port. */
export async function openCaptureWindow(): Promise<BrowserWindow> {
  const window = secureWindow('capture', {
    show: false,
    skipTaskbar: true,
    focusable: false,
    // Hidden windows are slowed down otherwise, and audio with them.
    webPreferences: { backgroundThrottling: false },
  });
  // A page whose process dies while it is loaded is never said to have failed.
  const died = new Promise<never>((_resolve, reject) => {
    window.webContents.once('render-process-gone', (_event, { reason }) => reject(new Error(reason)));
  });
  died.catch(() => undefined);
  try {
    await Promise.race([window.loadURL(pageUrl('capture.html')), died]);
  } catch (error) {
    // Nobody else knows of it, and it would stay until the program ends.
    if (!window.isDestroyed()) window.destroy();
    throw error;
  }
  return window;
}
