import { createStore, type StoreApi } from 'zustand/vanilla';
import { describeError } from '../../../core/foundation/errors.ts';
import type { SettingKey, SettingValues } from '../../../core/settings/settings-schema.ts';
import type { SettingsView } from '../../../ipc/views.ts';
import type { Bridge } from '../../bridge/types.ts';

export interface SettingsState {
  /** `null` until they were read. */
  readonly values: SettingValues | null;
  readonly chosen: readonly SettingKey[];
  readonly warnings: readonly string[];
  /** Why they could not be read. */
  readonly error: string | null;
  load(): Promise<void>;
  /** Shown at once; taken back where it could not be saved. @throws {SurtitleError} */
  write<Key extends SettingKey>(key: Key, value: SettingValues[Key]): Promise<void>;
  /** Back to the default. @throws {SurtitleError} */
  reset(key: SettingKey): Promise<void>;
}

export type SettingsStore = StoreApi<SettingsState>;

/** The settings as every window sees them, kept up to date until the signal fires. */
export function createSettingsStore(bridge: Pick<Bridge, 'call' | 'on'>, signal: AbortSignal): SettingsStore {
  let writing = 0;
  const store = createStore<SettingsState>()((set, get) => {
    const take = ({ values, chosen, warnings }: SettingsView): void =>
      set({ values, chosen, warnings, error: null });
    /** Answers of earlier writes are older than what is shown. */
    const settle = async (ask: () => Promise<SettingsView>): Promise<void> => {
      writing += 1;
      const mine = writing;
      try {
        const view = await ask();
        if (mine === writing) take(view);
      } catch (error) {
        if (mine === writing) await get().load();
        throw error;
      }
    };
    bridge.on('settings.changed', take, signal);
    return {
      values: null,
      chosen: [],
      warnings: [],
      error: null,
      async load() {
        try {
          take(await bridge.call('settings.read'));
        } catch (error) {
          set({ error: describeError(error) });
        }
      },
      write(key, value) {
        const { values } = get();
        if (values) set({ values: { ...values, [key]: value } });
        return settle(() => bridge.call('settings.write', { key, value }));
      },
      reset: (key) => settle(() => bridge.call('settings.reset', { key })),
    };
  });
  return store;
}
