import { mkdir } from 'node:fs/promises';
import type { Handlers } from '../ipc/call.ts';
import type { DesktopCalls } from '../ipc/calls.ts';
import { chooseFiles, openFolder, saveText } from './dialogs.ts';
import {
  type DescribeSystemAudio,
  openPrivacySettings,
  readPermissions,
  requestMicrophone,
} from './permissions.ts';
import type { Shortcuts } from './shortcuts.ts';
import type { ControlWindow } from './windows/control-window.ts';
import type { OverlayWindow } from './windows/overlay-window.ts';

export interface DesktopHandlerOptions {
  readonly overlay: OverlayWindow;
  readonly control: ControlWindow;
  readonly shortcuts: Shortcuts;
  readonly systemAudio: DescribeSystemAudio;
  /** Where what the user may want to look at lies. */
  readonly folders: Readonly<Record<'data' | 'history' | 'models' | 'logs', string>>;
}

type ShellCalls = Omit<DesktopCalls, `captions.${string}`>;

/** Answers what windows ask of the desktop itself. */
export function desktopHandlers(options: DesktopHandlerOptions): Handlers<ShellCalls> {
  const { overlay, control, shortcuts, systemAudio, folders } = options;
  return {
    'overlay.read': () => overlay.view,
    'overlay.resetPosition': () => overlay.resetPosition(),
    'overlay.drag': ({ edge, deltaX, deltaY }) => overlay.drag(edge, deltaX, deltaY),
    'overlay.resize': ({ height }) => overlay.resize(height),

    'shortcuts.read': () => shortcuts.views,
    'shortcuts.try': ({ action, accelerator }) => shortcuts.try(action, accelerator),

    'permissions.read': () => readPermissions(systemAudio),
    'permissions.requestMicrophone': async () => {
      await requestMicrophone();
      return readPermissions(systemAudio);
    },
    'permissions.openSystemSettings': () => openPrivacySettings(),

    'dialog.chooseFiles': ({ kind }) => chooseFiles(control.window, kind),
    'dialog.saveText': ({ fileName, text }) => saveText(control.window, fileName, text),
    'shell.openFolder': async ({ folder }) => {
      // It is made when something is first kept in it, and may be asked for before.
      await mkdir(folders[folder], { recursive: true, mode: 0o700 });
      await openFolder(folders[folder]);
    },
    'window.showControl': ({ page }) => control.show(page),
  };
}
