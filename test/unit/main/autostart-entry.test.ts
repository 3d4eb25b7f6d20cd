import { expect, it } from 'vitest';
import { autostartEntry } from '../../../src/main/autostart-entry.ts';

function commandOf(entry: string): string | undefined {
  return entry.split('\n').find((line) => line.startsWith('Exec='));
}

it('starts a program at login with what it is given', () => {
  expect(autostartEntry(['/opt/surtitle', '--hidden'])).toBe(
    '[Desktop Entry]\nType=Application\nName=Surtitle\nExec="/opt/surtitle" "--hidden"\nTerminal=false\nX-GNOME-Autostart-enabled=true\n',
  );
});

it('quotes what the desktop entry specification reads as something else', () => {
  expect(commandOf(autostartEntry(['/home/a b/100% "mine"/$x']))).toBe(
    String.raw`Exec="/home/a b/100%% \\"mine\\"/\\$x"`,
  );
});
