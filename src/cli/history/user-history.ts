import path from 'node:path';
import { dataFolder } from '../../app/data-folder.ts';
import { type History, openHistory } from '../../core/transcript/history.ts';
import { textLogger } from '../logging.ts';

/** Where the history of the user who runs this is kept. */
export function historyFolder(): string {
  return path.join(dataFolder(), 'history');
}

/** The history of the user who runs this. @param note writes one line for the user. */
export function userHistory(note: (line: string) => void): History {
  return openHistory({
    folder: historyFolder(),
    now: () => new Date(),
    logger: textLogger('warn', (line) => note(line.trimEnd())),
  });
}
