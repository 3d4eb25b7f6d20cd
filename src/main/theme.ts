import { nativeTheme } from 'electron';
import type { SettingsOwner } from '../app/settings-owner.ts';

/** Light or dark as the user chose, for all pages; by default as the system. */
export function followTheme(settings: SettingsOwner, signal: AbortSignal): void {
  const apply = (): void => {
    nativeTheme.themeSource = settings.read().values['appearance.theme'];
  };
  apply();
  settings.onChange(apply, signal);
}
