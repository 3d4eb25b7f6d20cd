import { z } from 'zod';

/** The model that ships with Surtitle. */
const STARTER_MODEL = 'starter.en';

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
/** As long as the protocol lets a term be, and as many characters as it takes altogether. */
export const LONGEST_TERM = 60;
export const LONGEST_VOCABULARY = 1_000;

const onOff = z.boolean();
const ON_OFF = 'true or false';

function choice<const Names extends readonly [string, ...string[]]>(
  names: Names,
  initial: Names[number],
  description: string,
): SettingDefinition<Names[number]> {
  return setting({
    schema: z.enum(names),
    default: initial,
    expects: `one of ${names.join(', ')}`,
    description,
  });
}

function toggle(initial: boolean, description: string): SettingDefinition<boolean> {
  return setting({ schema: onOff, default: initial, expects: ON_OFF, description });
}

function range(
  [lowest, highest]: readonly [number, number],
  initial: number,
  description: string,
): SettingDefinition<number> {
  return setting({
    schema: z.number().min(lowest).max(highest),
    default: initial,
    expects: `a number from ${lowest} to ${highest}`,
    description,
  });
}

function wholeNumber(
  [lowest, highest]: readonly [number, number],
  initial: number,
  description: string,
): SettingDefinition<number> {
  return setting({
    schema: z.int().min(lowest).max(highest),
    default: initial,
    expects: `a whole number from ${lowest} to ${highest}`,
    description,
  });
}

function color(initial: string, description: string): SettingDefinition<string> {
  return setting({
    schema: z.string().regex(/^#[0-9a-f]{6}$/iu),
    default: initial,
    expects: 'a colour such as #ffffff',
    description,
  });
}

/** A key combination as Electron names it, such as `CommandOrControl+Shift+S`. */
function shortcut(initial: string, description: string): SettingDefinition<string | null> {
  return setting<string | null>({
    schema: z
      .string()
      .regex(/^[A-Za-z0-9]+(\+[^\s+]+|\+Plus)+$/u)
      .max(60)
      .nullable(),
    default: initial,
    expects: 'a key combination such as CommandOrControl+Shift+S, or none',
    description,
  });
}

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
  'captions.source': choice(['microphone', 'system', 'both'], 'microphone', 'What the app captions.'),
  'captions.microphone': setting<string | null>({
    schema: z.string().min(1).max(200).nullable(),
    default: null,
    expects: 'the name of a microphone, or none for the system’s own choice',
    description: 'Which microphone the app listens to, by name.',
  }),
  'captions.language': setting({
    schema: z.string().regex(/^(auto|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)$/u),
    default: 'auto',
    expects: 'auto, or a language code such as en or de',
    description: 'The language that is spoken.',
  }),
  'captions.model': setting({
    schema: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u),
    default: STARTER_MODEL,
    expects: 'the name of a model; `surtitle models list` shows them',
    description: 'The model that the app captions with.',
  }),
  'captions.translate': toggle(false, 'Translate into English (multilingual models only).'),
  'capture.echoCancellation': toggle(false, 'Let the system remove echo from the microphone.'),
  'capture.noiseSuppression': toggle(false, 'Let the system remove noise from the microphone.'),
  'capture.autoGainControl': toggle(false, 'Let the system adjust the microphone’s level.'),
  'vocabulary.terms': setting<readonly string[]>({
    schema: z
      .array(z.string().trim().min(1).max(LONGEST_TERM))
      .refine((terms) => terms.join(', ').length <= LONGEST_VOCABULARY)
      .readonly(),
    default: [],
    expects: `names and terms separated by commas, each at most ${LONGEST_TERM} characters and ${LONGEST_VOCABULARY.toLocaleString('en')} in all`,
    description: 'Names and terms to recognise.',
  }),
  'appearance.theme': choice(['system', 'light', 'dark'], 'system', 'Colours of the window.'),
  'appearance.lines': wholeNumber([1, 4], 2, 'Lines of captions.'),
  'appearance.lineCharacters': wholeNumber([16, 80], 42, 'Characters a line of captions holds at most.'),
  'appearance.fontFamily': setting({
    schema: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .regex(/^[^;{}<>"\\]*$/u),
    default: 'system-ui',
    expects: 'the name of a font',
    description: 'Font of the captions.',
  }),
  'appearance.fontSize': wholeNumber([14, 96], 28, 'Size of the captions, in pixels.'),
  'appearance.fontWeight': choice(['normal', 'medium', 'bold'], 'medium', 'Weight of the captions.'),
  'appearance.textColor': color('#ffffff', 'Colour of the captions.'),
  'appearance.backgroundColor': color('#000000', 'Colour behind the captions.'),
  'appearance.backgroundOpacity': range([0, 1], 0.75, 'How much the background covers, from 0 to 1.'),
  'appearance.letterSpacing': range([0, 0.3], 0, 'Space between letters, in parts of the letter size.'),
  'appearance.lineSpacing': range([1, 2], 1.3, 'Height of a line, in parts of the letter size.'),
  'appearance.alignment': choice(['left', 'center'], 'left', 'How lines of captions are aligned.'),
  'appearance.edge': choice(['none', 'outline', 'shadow'], 'none', 'Edge of the letters.'),
  'appearance.showUnstable': toggle(true, 'Show words that may still change, dimmed.'),
  'appearance.hideAfterSeconds': wholeNumber(
    [0, 600],
    8,
    'Hide captions after so many seconds of silence; 0 never.',
  ),
  'overlay.visible': toggle(true, 'Show captions above other windows.'),
  'overlay.locked': toggle(true, 'Let clicks pass through the captions.'),
  'overlay.position': choice(['bottom', 'top', 'free'], 'bottom', 'Where captions stand on the screen.'),
  'shortcuts.startStop': shortcut('CommandOrControl+Alt+C', 'Start or stop captions.'),
  'shortcuts.pause': shortcut('CommandOrControl+Alt+P', 'Pause captions, or go on.'),
  'shortcuts.overlay': shortcut('CommandOrControl+Alt+O', 'Show or hide the captions above other windows.'),
  'shortcuts.lock': shortcut('CommandOrControl+Alt+L', 'Lock the captions in place, or unlock them.'),
  'server.port': wholeNumber([0, 65_535], 8_000, 'Port of the app’s own server; 0 takes a free one.'),
  'server.remote': setting<string | null>({
    schema: z.url({ protocol: /^wss?$/u }).nullable(),
    default: null,
    expects: 'an address such as wss://captions.example.org, or none',
    description: 'Recognise speech on this server instead of on this machine.',
  }),
  'app.launchAtLogin': toggle(false, 'Start the app when you log in.'),
  'app.firstRunDone': toggle(false, 'The first steps were taken.'),
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
