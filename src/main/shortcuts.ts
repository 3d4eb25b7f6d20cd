import { globalShortcut } from 'electron';
import type { SettingsOwner } from '../app/settings-owner.ts';
import type { Logger } from '../core/foundation/logger.ts';
import { SHORTCUT_ACTIONS, type ShortcutAction, type ShortcutView } from '../ipc/views.ts';
import { isSameAccelerator } from './accelerator.ts';
import type { ShellActions } from './actions.ts';
import { STRINGS } from './strings.ts';

export interface ShortcutsOptions {
  readonly settings: SettingsOwner;
  readonly actions: ShellActions;
  readonly logger: Logger;
  /** On Wayland: the command that does the same, for the system’s own keyboard settings. `null` elsewhere. */
  readonly waylandCommand: ((action: ShortcutAction) => string) | null;
  readonly onChange: (views: readonly ShortcutView[]) => void;
  readonly signal: AbortSignal;
}

type Accelerators = Readonly<Record<ShortcutAction, string | null>>;

/** Key combinations that work whatever window is in front; they follow the settings at once. */
export class Shortcuts {
  readonly #options: ShortcutsOptions;
  #taken: Accelerators | null = null;
  #views: readonly ShortcutView[] = [];

  constructor(options: ShortcutsOptions) {
    this.#options = options;
    options.settings.onChange(() => this.#apply(), options.signal);
    options.signal.addEventListener('abort', () => globalShortcut.unregisterAll(), { once: true });
    this.#apply();
  }

  get views(): readonly ShortcutView[] {
    return this.#views;
  }

  /** Whether the system would give a combination out for an action; it is not kept. */
  try(action: ShortcutAction, accelerator: string): ShortcutView {
    const wanted = this.#wanted();
    const mine = this.#views.find((view) => view.action === action && view.state === 'active');
    if (mine && isSameAccelerator(mine.accelerator, accelerator)) return mine;
    const isDuplicate = SHORTCUT_ACTIONS.some(
      (other) => other !== action && isSameAccelerator(wanted[other], accelerator),
    );
    const view = isDuplicate
      ? conflict(action, accelerator, STRINGS.shortcuts.duplicate)
      : this.#register(action, accelerator);
    if (view.state === 'active') globalShortcut.unregister(accelerator);
    return view;
  }

  #wanted(): Accelerators {
    const { values } = this.#options.settings.read();
    return {
      startStop: values['shortcuts.startStop'],
      pause: values['shortcuts.pause'],
      overlay: values['shortcuts.overlay'],
      lock: values['shortcuts.lock'],
    };
  }

  #apply(): void {
    const wanted = this.#wanted();
    if (this.#taken && SHORTCUT_ACTIONS.every((action) => this.#taken?.[action] === wanted[action])) return;
    this.#taken = wanted;
    globalShortcut.unregisterAll();
    this.#views = SHORTCUT_ACTIONS.map((action, index) => {
      const accelerator = wanted[action];
      if (accelerator === null) return { action, accelerator, state: 'off', message: null };
      // The first of ours that wants a combination gets it.
      const isDuplicate = SHORTCUT_ACTIONS.slice(0, index).some((earlier) =>
        isSameAccelerator(wanted[earlier], accelerator),
      );
      if (isDuplicate) return conflict(action, accelerator, STRINGS.shortcuts.duplicate);
      return this.#register(action, accelerator);
    });
    for (const { action, state } of this.#views) {
      if (state === 'conflict') this.#options.logger.info('A shortcut is not to be had.', { action });
    }
    this.#options.onChange(this.#views);
  }

  #register(action: ShortcutAction, accelerator: string): ShortcutView {
    const { actions, waylandCommand } = this.#options;
    // There the system’s answer says nothing: it may grant what it never delivers (electron/electron#52218).
    const note = waylandCommand ? `${STRINGS.shortcuts.wayland}${waylandCommand(action)}` : null;
    try {
      if (globalShortcut.register(accelerator, actions[action])) {
        return { action, accelerator, state: 'active', message: note };
      }
    } catch {
      return conflict(action, accelerator, STRINGS.shortcuts.malformed);
    }
    return note
      ? { action, accelerator, state: 'unsupported', message: note }
      : conflict(action, accelerator, STRINGS.shortcuts.taken);
  }
}

function conflict(action: ShortcutAction, accelerator: string, message: string): ShortcutView {
  return { action, accelerator, state: 'conflict', message };
}
