/** The parts of a `KeyboardEvent` that a key combination is made of. */
export interface PressedKeys {
  readonly key: string;
  /** The key’s place on the keyboard, whatever it writes there. */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
}

/** What was pressed so far. `incomplete`: only modifiers yet. `plain`: a key without one that holds it back. */
export type Recorded =
  | { readonly state: 'incomplete' | 'plain' | 'unknown' }
  | { readonly state: 'complete'; readonly accelerator: string };

const MODIFIER_KEYS: ReadonlySet<string> = new Set(['Control', 'Alt', 'AltGraph', 'Shift', 'Meta', 'OS']);

/** Places of keys, by what Electron calls them. */
const NAMED_KEYS: Readonly<Record<string, string>> = {
  Space: 'Space',
  Enter: 'Enter',
  Tab: 'Tab',
  Backspace: 'Backspace',
  Delete: 'Delete',
  Insert: 'Insert',
  Home: 'Home',
  End: 'End',
  PageUp: 'PageUp',
  PageDown: 'PageDown',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  Minus: '-',
  Equal: '=',
  BracketLeft: '[',
  BracketRight: ']',
  Backslash: '\\',
  Semicolon: ';',
  Quote: "'",
  Comma: ',',
  Period: '.',
  Slash: '/',
  Backquote: '`',
};

/** The key combination of a press, as Electron names it, such as `CommandOrControl+Alt+C`. */
export function acceleratorOf(pressed: PressedKeys, platform: string): Recorded {
  if (MODIFIER_KEYS.has(pressed.key)) return { state: 'incomplete' };
  const key = keyOf(pressed);
  if (key === null) return { state: 'unknown' };
  const isMac = platform === 'darwin';
  const modifiers = [
    (isMac ? pressed.metaKey : pressed.ctrlKey) && 'CommandOrControl',
    isMac && pressed.ctrlKey && 'Control',
    !isMac && pressed.metaKey && 'Super',
    pressed.altKey && 'Alt',
    pressed.shiftKey && 'Shift',
  ].filter((name) => name !== false);
  // Shift alone only writes capitals.
  if (modifiers.length === 0 || (modifiers.length === 1 && pressed.shiftKey)) return { state: 'plain' };
  return { state: 'complete', accelerator: [...modifiers, key].join('+') };
}

function keyOf({ key, code }: PressedKeys): string | null {
  // The letter that is written on the key, as people read it: on a French keyboard KeyQ writes an A.
  if (/^[a-z]$/iu.test(key)) return key.toUpperCase();
  const letter = /^Key([A-Z])$/u.exec(code)?.[1];
  if (letter) return letter;
  const digit = /^Digit([0-9])$/u.exec(code)?.[1];
  if (digit) return digit;
  const numpad = /^Numpad([0-9])$/u.exec(code)?.[1];
  if (numpad) return `num${numpad}`;
  if (/^F([1-9]|1[0-9]|2[0-4])$/u.test(code)) return code;
  return NAMED_KEYS[code] ?? null;
}
