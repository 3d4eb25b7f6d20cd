import { definitionOf } from '../../core/settings/settings-schema.ts';
import {
  type AppearanceKey,
  type CaptionAppearance,
  DEFAULT_APPEARANCE,
} from '../appearance/caption-appearance.ts';

/** What the address of the `/captions` page may say, as `?lines=2&size=40`. */
const PARAMETERS: Readonly<Record<string, AppearanceKey>> = {
  lines: 'appearance.lines',
  characters: 'appearance.lineCharacters',
  font: 'appearance.fontFamily',
  size: 'appearance.fontSize',
  weight: 'appearance.fontWeight',
  color: 'appearance.textColor',
  background: 'appearance.backgroundColor',
  opacity: 'appearance.backgroundOpacity',
  spacing: 'appearance.letterSpacing',
  leading: 'appearance.lineSpacing',
  align: 'appearance.alignment',
  edge: 'appearance.edge',
  unstable: 'appearance.showUnstable',
  hide: 'appearance.hideAfterSeconds',
};

const SWITCHES: Readonly<Record<string, boolean>> = {
  '1': true,
  true: true,
  on: true,
  '0': false,
  false: false,
  off: false,
};
const NO_BACKGROUND: ReadonlySet<string> = new Set(['none', 'transparent']);
const SHORT_COLOR = /^#?([0-9a-f])([0-9a-f])([0-9a-f])$/iu;
const BARE_COLOR = /^[0-9a-f]{6}$/iu;

export interface PageAddress {
  readonly appearance: CaptionAppearance;
  /** Whether the number of lines, and of characters a line, was asked for. */
  readonly linesChosen: boolean;
  readonly charactersChosen: boolean;
  /** Whether the page says how it is connected; `status=off` keeps a broadcast clean. */
  readonly showsStatus: boolean;
  /** Names of parameters whose values cannot be used; defaults stand in for them. */
  readonly rejected: readonly string[];
}

/** Reads how the address of the page wants captions to look. Values are those of the settings. */
export function readPageAddress(query: URLSearchParams): PageAddress {
  const chosen: Record<string, unknown> = {};
  const rejected: string[] = [];
  for (const [name, key] of Object.entries(PARAMETERS)) {
    const text = query.get(name);
    if (text === null) continue;
    if (name === 'background' && NO_BACKGROUND.has(text)) {
      chosen.backgroundOpacity = 0;
      // Letters on anything at all need an edge of their own.
      chosen.edge ??= 'outline';
      continue;
    }
    const value = valueOfText(text, DEFAULT_APPEARANCE[fieldOf(key)]);
    if (definitionOf(key).schema.safeParse(value).success) chosen[fieldOf(key)] = value;
    else rejected.push(name);
  }
  return {
    appearance: { ...DEFAULT_APPEARANCE, ...chosen },
    linesChosen: 'lines' in chosen,
    charactersChosen: 'lineCharacters' in chosen,
    showsStatus: SWITCHES[query.get('status') ?? 'on'] ?? true,
    rejected,
  };
}

function fieldOf(key: AppearanceKey): keyof CaptionAppearance {
  return key.slice('appearance.'.length) as keyof CaptionAppearance;
}

/** @param like a value of the type that is wanted. */
function valueOfText(text: string, like: string | number | boolean): unknown {
  if (typeof like === 'number') return text.trim() === '' ? text : Number(text);
  if (typeof like === 'boolean') return SWITCHES[text] ?? text;
  if (!like.startsWith('#')) return text;
  // A `#` would have to be escaped in an address, so it may be left out.
  if (BARE_COLOR.test(text)) return `#${text}`;
  return text.replace(SHORT_COLOR, '#$1$1$2$2$3$3');
}
