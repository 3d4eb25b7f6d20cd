import { app } from 'electron';
import { preferredOzonePlatform, type WindowSystem } from './windows/click-through.ts';

/** What this app draws with. */
export function windowSystem(): WindowSystem {
  return {
    platform: process.platform,
    environment: process.env,
    ozonePlatform: app.commandLine.getSwitchValue('ozone-platform'),
    electronMajor: Number.parseInt(process.versions.electron ?? '0', 10),
  };
}

/** Chooses how to draw on Linux. Must be called before the app is ready. */
export function prepareWindowSystem(): void {
  if (process.platform !== 'linux') return;
  const ozonePlatform = preferredOzonePlatform(windowSystem());
  if (ozonePlatform) app.commandLine.appendSwitch('ozone-platform', ozonePlatform);
  const features = app.commandLine.getSwitchValue('enable-features');
  // Without it no shortcut is ever given to a program on Wayland.
  app.commandLine.appendSwitch(
    'enable-features',
    [features, 'GlobalShortcutsPortal'].filter(Boolean).join(','),
  );
}
