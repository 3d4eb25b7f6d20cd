/** Whether two key combinations, as Electron names them, are the same keys, however they are spelt. */
export function isSameAccelerator(
  one: string | null,
  other: string | null,
  platform: NodeJS.Platform = process.platform,
): boolean {
  return one !== null && other !== null && canonical(one, platform) === canonical(other, platform);
}

const SYNONYMS: Readonly<Record<string, string>> = {
  cmd: 'command',
  ctrl: 'control',
  option: 'alt',
  meta: 'super',
  return: 'enter',
  esc: 'escape',
};

function canonical(accelerator: string, platform: NodeJS.Platform): string {
  const usual = platform === 'darwin' ? 'command' : 'control';
  return accelerator
    .toLowerCase()
    .split('+')
    .map((key) => (key === 'commandorcontrol' || key === 'cmdorctrl' ? usual : (SYNONYMS[key] ?? key)))
    .sort()
    .join('+');
}
