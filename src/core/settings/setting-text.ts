import { SurtitleError } from '../foundation/errors.ts';
import {
  definitionOf,
  isSettingKey,
  SETTING_KEYS,
  type SettingKey,
  type SettingValues,
} from './settings-schema.ts';

const WORDS: Readonly<Record<string, boolean | null>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
  none: null,
  null: null,
};

/** @throws {SurtitleError} `setting_unknown`, with the keys there are. */
export function parseSettingKey(text: string): SettingKey {
  if (isSettingKey(text)) return text;
  const sameLetters = SETTING_KEYS.find((key) => key.toLowerCase() === text.toLowerCase());
  throw new SurtitleError(
    'setting_unknown',
    sameLetters === undefined
      ? `There is no setting ${JSON.stringify(text)}. There are: ${SETTING_KEYS.join(', ')}.`
      : `There is no setting ${JSON.stringify(text)}, but there is ${sameLetters}.`,
  );
}

/**
 * A value as people type it: `on`, `30`, `none`, or text.
 * @throws {SurtitleError} `setting_invalid`, with what the setting takes.
 */
export function parseSettingValue<Key extends SettingKey>(key: Key, text: string): SettingValues[Key] {
  const trimmed = text.trim();
  const { schema, expects } = definitionOf(key);
  const readings: unknown[] = [trimmed];
  if (Object.hasOwn(WORDS, trimmed.toLowerCase())) readings.unshift(WORDS[trimmed.toLowerCase()]);
  if (/^-?\d+(\.\d+)?$/u.test(trimmed)) readings.unshift(Number(trimmed));
  readings.push(listOf(trimmed));
  for (const reading of readings) {
    const parsed = schema.safeParse(reading);
    if (parsed.success) return parsed.data as SettingValues[Key];
  }
  throw new SurtitleError(
    'setting_invalid',
    `${key} cannot be ${JSON.stringify(text)}. It must be ${expects}.`,
  );
}

/** A value as {@link parseSettingValue} takes it. */
export function formatSettingValue(value: SettingValues[SettingKey]): string {
  if (value === null) return 'none';
  if (typeof value !== 'object') return String(value);
  return value.length === 0 ? 'none' : value.join(', ');
}

/** `Anna, Surtitle` as a list; `none` and nothing are the empty one. */
function listOf(text: string): string[] {
  if (Object.hasOwn(WORDS, text.toLowerCase()) && WORDS[text.toLowerCase()] === null) return [];
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
