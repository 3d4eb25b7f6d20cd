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
  try {
    await window.loadURL(pageUrl('capture.html'));
  } catch (error) {
    // Nobody else knows of it, and it would stay until the program ends.
    if (!window.isDestroyed()) window.destroy();
    throw error;
  }
  return window;
}
