import { SETTINGS, type SettingKey, type SettingValues } from '../../core/settings/settings-schema.ts';

/** The settings that say how captions look. */
export const APPEARANCE_KEYS = [
  'appearance.lines',
  'appearance.lineCharacters',
  'appearance.fontFamily',
  'appearance.fontSize',
  'appearance.fontWeight',
  'appearance.textColor',
  'appearance.backgroundColor',
  'appearance.backgroundOpacity',
  'appearance.letterSpacing',
  'appearance.lineSpacing',
  'appearance.alignment',
  'appearance.edge',
  'appearance.showUnstable',
  'appearance.hideAfterSeconds',
] as const satisfies readonly SettingKey[];

export type AppearanceKey = (typeof APPEARANCE_KEYS)[number];

type NameOf<Key> = Key extends `appearance.${infer Name}` ? Name : never;

/** How captions look: the settings of the same names. */
export type CaptionAppearance = {
  readonly [Key in AppearanceKey as NameOf<Key>]: SettingValues[Key];
};

/** What the settings say of captions. */
export function appearanceOf(values: Pick<SettingValues, AppearanceKey>): CaptionAppearance {
  return fromKeys((key) => values[key]);
}

export const DEFAULT_APPEARANCE: CaptionAppearance = fromKeys((key) => SETTINGS[key].default);

function fromKeys(settingOf: (key: AppearanceKey) => unknown): CaptionAppearance {
  const entries = APPEARANCE_KEYS.map((key) => [key.slice('appearance.'.length), settingOf(key)] as const);
  return Object.fromEntries(entries) as CaptionAppearance;
}
