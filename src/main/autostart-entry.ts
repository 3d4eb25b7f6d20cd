import { STRINGS } from './strings.ts';

/** How the app is started: the program and what it is given. */
export type LaunchCommand = readonly [string, ...string[]];

/** Text of a desktop entry that runs a command. */
export function autostartEntry(command: LaunchCommand): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    `Name=${STRINGS.productName}`,
    `Exec=${command.map(quoted).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** As the desktop entry specification quotes an argument: for its own reading, then for that of the file. */
function quoted(argument: string): string {
  const escaped = argument.replace(/["`$\\]/gu, '\\$&').replace(/%/gu, '%%');
  return `"${escaped.replace(/\\/gu, '\\\\')}"`;
}
