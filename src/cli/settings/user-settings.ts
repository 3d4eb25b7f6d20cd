import { dataFolder } from '../../app/data-folder.ts';
import { type LoadedSettings, SettingsStore } from '../../core/settings/settings-store.ts';

/** The settings file of the user who runs this. */
export function userSettings(): SettingsStore {
  return new SettingsStore({ folder: dataFolder(), now: () => new Date() });
}

/**
 * Reads the user's settings.
 * @param note writes one line for the user: what is wrong with the file.
 * @throws {SurtitleError} `settings_unreadable`.
 */
export async function loadSettings(note: (line: string) => void): Promise<LoadedSettings> {
  const settings = await userSettings().load();
  for (const warning of settings.warnings) note(warning);
  return settings;
}
