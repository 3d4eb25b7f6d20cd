import { z } from 'zod';

/** One thing a user can choose. */
export interface SettingDefinition<Value> {
  /** What a value must be; the file and the command line are checked by it. */
  readonly schema: z.ZodType<Value>;
  /** Holds while the user has chosen nothing. */
  readonly default: Value;
  /** What may be given, in words: it ends the sentence "It must be …". */
  readonly expects: string;
  /** One sentence for people. */
  readonly description: string;
}

function setting<Value>(definition: SettingDefinition<Value>): SettingDefinition<Value> {
  return definition;
}

const LONGEST_RETENTION_DAYS = 36_500;

/**
 * Every setting there is, in the order they are listed in. To add one, add it here: the file, the command
 * line and the types follow. The key never changes its meaning; where it must, that is a new version with a
 * step in `settings-migrations.ts`.
 */
export const SETTINGS = {
  'history.enabled': setting({
    schema: z.boolean(),
    default: true,
    expects: 'true or false',
    description: 'Keep the captions of live sessions on this machine. When off, nothing is written.',
  }),
  'history.retentionDays': setting({
    schema: z.int().min(1).max(LONGEST_RETENTION_DAYS).nullable(),
    default: null,
    expects: `a whole number of days from 1 to ${LONGEST_RETENTION_DAYS}, or none to keep everything`,
    description: 'Delete sessions that began more than this many days ago.',
  }),
  'models.mirror': setting({
    schema: z.url({ protocol: /^https?$/u }).nullable(),
    default: null,
    expects: 'an address such as https://models.example/, or none',
    description: 'Download models from this address instead of the usual one.',
  }),
} as const;

export type SettingKey = keyof typeof SETTINGS;

/** What each setting holds. */
export type SettingValues = {
  readonly [Key in SettingKey]: (typeof SETTINGS)[Key] extends SettingDefinition<infer Value> ? Value : never;
};

export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTINGS, key);
}

/** The definition of a setting whose key is only known when the program runs. */
export function definitionOf(key: SettingKey): SettingDefinition<SettingValues[SettingKey]> {
  return SETTINGS[key] as SettingDefinition<SettingValues[SettingKey]>;
}
