import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';
import { systemClock, type Timer } from '../core/foundation/clock.ts';
import { describeError } from '../core/foundation/errors.ts';
import type { Logger } from '../core/foundation/logger.ts';
import type { SettingKey, SettingValues } from '../core/settings/settings-schema.ts';
import { type LoadedSettings, SettingsStore } from '../core/settings/settings-store.ts';
import type { SettingsView } from '../ipc/views.ts';

export interface SettingsOwnerOptions {
  /** Surtitle's data folder. It must exist for changes made elsewhere to be noticed. */
  readonly folder: string;
  readonly logger: Logger;
  readonly now?: () => Date;
}

/** A file that is replaced makes several events; it is read once they are over, after so many milliseconds. */
const SETTLING_MS = 50;

/**
 * The one owner of the settings in a program that runs for long: it holds what the file says, changes it one change
 * after the other, and tells listeners what changed. What the command line changes meanwhile it notices by watching
 * the folder, and in any case when {@link reload} is called.
 */
export class SettingsOwner {
  readonly #store: SettingsStore;
  readonly #logger: Logger;
  readonly #listeners = new Set<(view: SettingsView) => void>();
  #loaded: LoadedSettings;
  /** Where a damaged file was kept when a setting was changed. */
  #keptAside: string | null = null;
  #work: Promise<unknown> = Promise.resolve();
  #watcher: FSWatcher | null = null;
  #settling: Timer | null = null;

  private constructor(store: SettingsStore, loaded: LoadedSettings, logger: Logger) {
    this.#store = store;
    this.#loaded = loaded;
    this.#logger = logger;
  }

  /** Reads the settings. @throws {SurtitleError} `settings_unreadable`. */
  static async open({
    folder,
    logger,
    now = () => new Date(),
  }: SettingsOwnerOptions): Promise<SettingsOwner> {
    const store = new SettingsStore({ folder, now });
    const owner = new SettingsOwner(store, await store.load(), logger);
    owner.#watch(folder);
    return owner;
  }

  /** The values as they were read last. */
  get values(): SettingValues {
    return this.#loaded.values;
  }

  /** False where the file could not be read: what the user may have forbidden must then not be done. */
  get trusted(): boolean {
    return this.#loaded.trusted;
  }

  /** Settings as they are shown, with what is wrong with their file. */
  read(): SettingsView {
    const { values, chosen, warnings } = this.#loaded;
    const aside = this.#keptAside;
    return {
      values,
      chosen: [...chosen],
      warnings:
        aside === null
          ? warnings
          : [...warnings, `The settings file was damaged; what was in it is kept as ${aside}`],
    };
  }

  /**
   * Stores a choice, whatever its type: its setting's schema decides.
   * @throws {SurtitleError} `setting_invalid`, `settings_unwritable`, `settings_unreadable`, `settings_newer`.
   */
  write(key: SettingKey, value: unknown): Promise<SettingsView> {
    return this.#change(() => this.#store.set(key, value as SettingValues[SettingKey]));
  }

  /** Forgets a choice. @throws {SurtitleError} as {@link write}, but for `setting_invalid`. */
  reset(key: SettingKey): Promise<SettingsView> {
    return this.#change(() => this.#store.reset(key));
  }

  /** Reads the file again; tells listeners where it says something else. Never rejects. */
  reload(): Promise<void> {
    return this.#inTurn(async () => {
      try {
        this.#take(await this.#store.load());
      } catch (error) {
        this.#logger.warn('The settings could not be read again.', { reason: describeError(error) });
      }
    });
  }

  /** Hears of every change, from whomever, until the signal fires. */
  onChange(listener: (view: SettingsView) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  /** Stops watching, after what is being written. */
  async close(): Promise<void> {
    this.#watcher?.close();
    this.#watcher = null;
    this.#settling?.cancel();
    this.#listeners.clear();
    await this.#work;
  }

  #change(change: () => Promise<string | null>): Promise<SettingsView> {
    return this.#inTurn(async () => {
      this.#keptAside = (await change()) ?? this.#keptAside;
      this.#take(await this.#store.load());
      return this.read();
    });
  }

  #take(loaded: LoadedSettings): void {
    const before = JSON.stringify(this.read());
    this.#loaded = loaded;
    const view = this.read();
    if (JSON.stringify(view) === before) return;
    for (const listener of [...this.#listeners]) listener(view);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work);
    this.#work = result.catch(() => undefined);
    return result;
  }

  #watch(folder: string): void {
    const name = path.basename(this.#store.file);
    try {
      this.#watcher = watch(folder, { persistent: false }, (_event, changed) => {
        if (changed !== null && changed !== name) return;
        this.#settling?.cancel();
        this.#settling = systemClock.setTimer(SETTLING_MS, () => void this.reload());
      });
      this.#watcher.on('error', (error) => this.#unwatchable(error));
    } catch (error) {
      this.#unwatchable(error);
    }
  }

  #unwatchable(error: unknown): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#logger.warn('Changes of the settings by other programs are noticed late.', {
      reason: describeError(error),
    });
  }
}
