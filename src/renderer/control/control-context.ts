import { createContext, useCallback, useContext } from 'react';
import { useStore } from 'zustand';
import { describeError } from '../../core/foundation/errors.ts';
import type { SettingKey, SettingValues } from '../../core/settings/settings-schema.ts';
import type { Bridge } from '../bridge/types.ts';
import { useToasts } from '../components/toast-store.ts';
import type { CaptionsState, CaptionsStore } from './stores/captions-store.ts';
import type { SettingsState, SettingsStore } from './stores/settings-store.ts';

/** What every page of the control window works with. */
export interface ControlContextValue {
  readonly bridge: Bridge;
  readonly settings: SettingsStore;
  readonly captions: CaptionsStore;
}

export const ControlContext = createContext<ControlContextValue | null>(null);

function useControl(): ControlContextValue {
  const value = useContext(ControlContext);
  if (!value) throw new Error('The control window gives no context here.');
  return value;
}

export function useBridge(): Bridge {
  return useControl().bridge;
}

export function useCaptions<Selected>(select: (state: CaptionsState) => Selected): Selected {
  return useStore(useControl().captions, select);
}

export function useSettings<Selected>(select: (state: SettingsState) => Selected): Selected {
  return useStore(useControl().settings, select);
}

/** All settings. Pages are only shown once they were read. */
export function useSettingValues(): SettingValues {
  const values = useSettings((state) => state.values);
  if (!values) throw new Error('The settings were not read yet.');
  return values;
}

/** One setting and a way to change it, which says in a toast where it could not be saved. */
export function useSetting<Key extends SettingKey>(
  key: Key,
): readonly [value: SettingValues[Key], write: (value: SettingValues[Key]) => Promise<void>] {
  const value = useSettingValues()[key];
  const save = useSettings((state) => state.write);
  const tell = useFailureToast();
  const write = useCallback(
    async (next: SettingValues[Key]) => {
      try {
        await save(key, next);
      } catch (error) {
        tell(error);
      }
    },
    [key, save, tell],
  );
  return [value, write];
}

/** Tells what failed and why, in a toast. */
export function useFailureToast(): (error: unknown) => void {
  const show = useToasts((state) => state.show);
  return useCallback(
    (error) => {
      show({ text: describeError(error), tone: 'danger' });
    },
    [show],
  );
}
