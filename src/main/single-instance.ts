import { app } from 'electron';
import { SHORTCUT_ACTIONS, type ShortcutAction } from '../ipc/views.ts';

/** What a further start of the program may ask of the one that runs: `surtitle-app --do=startStop`. */
const ACTION_ARGUMENT = '--do=';

/** The action a command line asks for. */
export function askedAction(commandLine: readonly string[]): ShortcutAction | null {
  const given = commandLine.find((argument) => argument.startsWith(ACTION_ARGUMENT));
  const name = given?.slice(ACTION_ARGUMENT.length);
  return SHORTCUT_ACTIONS.find((action) => action === name) ?? null;
}

/** What to give to a further start so that it does this; for shortcuts of systems that give programs none. */
export function actionArgument(action: ShortcutAction): string {
  return `${ACTION_ARGUMENT}${action}`;
}

/** Makes sure that the program runs once for a data folder. @returns false where this one is to end at once. */
export function becomeOnlyInstance(): boolean {
  return app.requestSingleInstanceLock();
}

/** Hears of further starts, with what they ask for. */
export function onFurtherStart(listener: (action: ShortcutAction | null) => void): void {
  app.on('second-instance', (_event, commandLine) => listener(askedAction(commandLine)));
}
