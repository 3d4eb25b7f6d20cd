import { createContext, useContext } from 'react';
import type { SettingKey, SettingValues } from '../../../../core/settings/settings-schema.ts';
import { useSetting } from '../../control-context.ts';

/** Values that are tried out, while a slider is dragged, and not saved yet. */
export type Draft = Partial<SettingValues>;

export interface DraftContextValue {
  readonly draft: Draft;
  readonly change: (draft: Draft) => void;
}

export const DraftContext = createContext<DraftContextValue | null>(null);

/** One setting: its value as it is tried out, a way to try another, and a way to keep it. */
export function useDraftSetting<Key extends SettingKey>(key: Key) {
  const context = useContext(DraftContext);
  if (!context) throw new Error('Only the appearance page tries settings out.');
  const [saved, write] = useSetting(key);
  const { draft, change } = context;
  const value = (draft[key] ?? saved) as SettingValues[Key];
  return {
    value,
    tryOut: (next: SettingValues[Key]) => change({ ...draft, [key]: next }),
    keep: async (next: SettingValues[Key]) => {
      // Saved values are shown at once, so nothing jumps back in between.
      const saving = write(next);
      const { [key]: _, ...others } = draft;
      change(others as Draft);
      await saving;
    },
  };
}
