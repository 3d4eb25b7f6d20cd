/** Stored values by key; only what the user chose is stored. */
export type StoredSettings = Readonly<Record<string, unknown>>;

/** Turns what one version stored into what the next one stores. Pure. */
export type MigrationStep = (stored: StoredSettings) => StoredSettings;

/**
 * `MIGRATION_STEPS[n]` goes from version n + 1 to n + 2. A step never looks at `SETTINGS`, which moves on:
 * where it needs a default of its time, it has a frozen copy of its own. Steps are never changed once
 * released.
 */
export const MIGRATION_STEPS: readonly MigrationStep[] = [];

/**
 * Brings stored settings from `version` to the one after the last of `steps`.
 *
 * @param version 1 or more, and at most one above the number of steps.
 */
export function migrateSettings(
  stored: StoredSettings,
  version: number,
  steps: readonly MigrationStep[] = MIGRATION_STEPS,
): StoredSettings {
  return steps.slice(version - 1).reduce((settings, step) => step(settings), stored);
}
