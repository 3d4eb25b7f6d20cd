const MAC_NAMES: Readonly<Record<string, string>> = {
  CommandOrControl: '⌘',
  CmdOrCtrl: '⌘',
  Command: '⌘',
  Cmd: '⌘',
  Super: '⌘',
  Meta: '⌘',
  Control: '⌃',
  Ctrl: '⌃',
  Alt: '⌥',
  Option: '⌥',
  Shift: '⇧',
};

const OTHER_NAMES: Readonly<Record<string, string>> = {
  CommandOrControl: 'Ctrl',
  CmdOrCtrl: 'Ctrl',
  Control: 'Ctrl',
  Option: 'Alt',
  Super: 'Super',
  Meta: 'Super',
};

const KEY_NAMES: Readonly<Record<string, string>> = {
  Up: '↑',
  Down: '↓',
  Left: '←',
  Right: '→',
  Plus: '+',
  Return: '⏎',
  Enter: '⏎',
  Escape: 'Esc',
};

/** What the keys of a combination are called on this platform’s keyboards, in order. */
export function keyNames(accelerator: string, platform: string): readonly string[] {
  const modifiers = platform === 'darwin' ? MAC_NAMES : OTHER_NAMES;
  return accelerator.split('+').map((key) => {
    if (key === 'Super' && platform === 'win32') return 'Win';
    return modifiers[key] ?? KEY_NAMES[key] ?? key;
  });
}
