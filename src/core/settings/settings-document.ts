import { z } from 'zod';
import { type MigrationStep, migrateSettings, type StoredSettings } from './settings-migrations.ts';
import { definitionOf, isSettingKey, SETTING_KEYS, type SettingValues } from './settings-schema.ts';

/** What a settings file holds. */
export type SettingsDocument =
  | {
      readonly kind: 'good';
      /** What the user chose, as this version stores it, with whatever keys it does not know. */
      readonly stored: StoredSettings;
      /** Keys this version does not know: another version's, or misspelt. */
      readonly unknownKeys: readonly string[];
    }
  /** Written by a newer version: what its values mean is not known here. */
  | { readonly kind: 'newer'; readonly version: number }
  /** `reason` ends the sentence "The settings cannot be read: …". */
  | { readonly kind: 'damaged'; readonly reason: string };

const documentSchema = z.looseObject({ version: z.int().positive() });

/** Reads the text of a settings file, whatever is in it. */
export function parseSettingsDocument(text: string, steps: readonly MigrationStep[]): SettingsDocument {
  let json: unknown;
  try {
    // Editors on Windows begin a file with a byte order mark, which JSON has no place for.
    json = JSON.parse(text.replace(/^\uFEFF/u, ''));
  } catch {
    return { kind: 'damaged', reason: 'it is no JSON' };
  }
  const document = documentSchema.safeParse(json);
  if (!document.success) return { kind: 'damaged', reason: 'it has no version number' };
  const { version, ...written } = document.data;
  if (version > steps.length + 1) return { kind: 'newer', version };
  const stored = migrateSettings(written, version, steps);
  const wrong = SETTING_KEYS.find(
    (key) => key in stored && !definitionOf(key).schema.safeParse(stored[key]).success,
  );
  if (wrong !== undefined) {
    return { kind: 'damaged', reason: `${wrong} must be ${definitionOf(wrong).expects}` };
  }
  return { kind: 'good', stored, unknownKeys: Object.keys(stored).filter((key) => !isSettingKey(key)) };
}

/** The text of a settings file. */
export function formatSettingsDocument(stored: StoredSettings, version: number): string {
  return `${JSON.stringify({ version, ...stored }, null, 2)}\n`;
}

/** Every setting with its value: the one stored, else its default. */
export function valuesOf(stored: StoredSettings): SettingValues {
  const values: Record<string, unknown> = {};
  for (const key of SETTING_KEYS) values[key] = key in stored ? stored[key] : definitionOf(key).default;
  return values as SettingValues;
}
