import { mkdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { app } from 'electron';
import type { SettingsOwner } from '../app/settings-owner.ts';
import { replaceFile } from '../core/files/durable-file.ts';
import { describeError } from '../core/foundation/errors.ts';
import type { Logger } from '../core/foundation/logger.ts';
import { autostartEntry, type LaunchCommand } from './autostart-entry.ts';

/** Given when the system starts the app at login: it opens without its window. */
export const HIDDEN_ARGUMENT = '--hidden';

/** The command that starts this app again. */
export function launchCommand(): LaunchCommand {
  // An AppImage runs from a place that is gone when it ends; it tells where it lies itself.
  if (process.env.APPIMAGE) return [process.env.APPIMAGE];
  return app.isPackaged ? [process.execPath] : [process.execPath, app.getAppPath()];
}

/** Keeps what the system does at login in line with the setting. */
export function followLaunchAtLogin(settings: SettingsOwner, logger: Logger, signal: AbortSignal): void {
  // Who starts it so does it at login, whatever the setting became while it did not run.
  let applied = process.argv.includes(HIDDEN_ARGUMENT);
  let working: Promise<void> = Promise.resolve();
  const apply = (): void => {
    const wanted = settings.read().values['app.launchAtLogin'];
    if (wanted === applied) return;
    applied = wanted;
    // One after the other: the last choice is the one that holds.
    working = working
      .then(() => setLaunchAtLogin(wanted))
      .catch((error: unknown) => {
        logger.error('What starts at login could not be changed.', { reason: describeError(error) });
      });
  };
  // Also where nothing changed: the program may have been moved since.
  apply();
  settings.onChange(apply, signal);
}

/** Starts the app at login, or no longer. @throws where the system does not take it. */
async function setLaunchAtLogin(enabled: boolean): Promise<void> {
  if (process.platform === 'linux') {
    await setAutostart(enabled);
    return;
  }
  const [program, ...args] = launchCommand();
  app.setLoginItemSettings({ openAtLogin: enabled, path: program, args: [...args, HIDDEN_ARGUMENT] });
}

/** The freedesktop way: an entry in the user’s autostart folder. */
async function setAutostart(enabled: boolean): Promise<void> {
  const file = autostartFile();
  if (!enabled) {
    await rm(file, { force: true });
    return;
  }
  await mkdir(path.dirname(file), { recursive: true });
  await replaceFile(file, autostartEntry([...launchCommand(), HIDDEN_ARGUMENT]), 0o644);
}

function autostartFile(): string {
  const configHome = process.env.XDG_CONFIG_HOME;
  // An empty or relative one counts as unset, as the XDG base directory specification asks.
  const base = configHome && path.isAbsolute(configHome) ? configHome : path.join(os.homedir(), '.config');
  return path.join(base, 'autostart', 'surtitle.desktop');
}
