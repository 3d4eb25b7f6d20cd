import type { SettingsOwner } from '../app/settings-owner.ts';
import type { CaptionState } from '../core/captions/caption-state.ts';
import { describeError } from '../core/foundation/errors.ts';
import type { Logger } from '../core/foundation/logger.ts';
import type { SettingKey } from '../core/settings/settings-schema.ts';
import type { ShortcutAction } from '../ipc/views.ts';

/** Captions, as tray and shortcuts work them. */
export interface CaptionControls {
  readonly state: CaptionState;
  start(): Promise<void>;
  stop(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** What can be done from outside a window: by the tray, a shortcut, or a second start of the program. */
export type ShellActions = Readonly<Record<ShortcutAction, () => void>>;

export interface ShellActionsOptions {
  readonly captions: CaptionControls;
  readonly settings: SettingsOwner;
  readonly logger: Logger;
}

export function shellActions({ captions, settings, logger }: ShellActionsOptions): ShellActions {
  const run = (work: () => Promise<unknown>): void => {
    work().catch((error: unknown) => {
      logger.warn('What was asked for from outside the window failed.', { reason: describeError(error) });
    });
  };
  const toggle = (key: SettingKey & ('overlay.visible' | 'overlay.locked')) => (): void =>
    run(() => settings.write(key, !settings.read().values[key]));
  return {
    startStop: () => run(() => (captions.state.phase === 'idle' ? captions.start() : captions.stop())),
    pause: () => run(() => (captions.state.phase === 'paused' ? captions.resume() : captions.pause())),
    overlay: toggle('overlay.visible'),
    lock: toggle('overlay.locked'),
  };
}
