import path from 'node:path';
import { SessionJournal } from '../../app/session-journal.ts';
import { systemClock } from '../../core/foundation/clock.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import type { LoadedSettings } from '../../core/settings/settings-store.ts';
import { loadSettings } from '../settings/user-settings.ts';
import { historyFolder, userHistory } from './user-history.ts';

/** The history's part in a stream. */
export interface StreamHistory {
  /** `null` where the user keeps none. */
  readonly journal: SessionJournal | null;
  /** Ends the journal, and waits for the housekeeping that runs beside the captions. */
  close(): Promise<void>;
}

/**
 * Prepares to keep a stream, if the user wants that: where the settings cannot be read, nothing is kept,
 * since it may have been forbidden. Old sessions are deleted and those cut off are mended meanwhile. Nothing
 * here stops captions.
 *
 * @param inputName the file that is streamed, or `-`.
 * @param wanted whether this stream shall be kept, where the settings allow it.
 */
export async function openStreamHistory(
  inputName: string,
  wanted: boolean,
  note: (line: string) => void,
): Promise<StreamHistory> {
  const settings = await readSettings(wanted, note);
  // In doubt nothing is written, and nothing deleted either.
  if (!settings?.trusted) return { journal: null, close: () => Promise.resolve() };
  const enabled = wanted && settings.values['history.enabled'];
  const housekeeping = keepHouse(settings.values['history.retentionDays'], enabled, note);
  const journal = enabled
    ? new SessionJournal({
        folder: historyFolder(),
        ...(inputName === '-' ? { source: 'standard input' } : fileSource(inputName)),
        clock: systemClock,
        now: () => new Date(),
        note,
      })
    : null;
  return {
    journal,
    async close() {
      await journal?.close();
      await housekeeping;
    },
  };
}

async function readSettings(wanted: boolean, note: (line: string) => void): Promise<LoadedSettings | null> {
  const nothingKept = 'Until then nothing is kept in the history.';
  try {
    const settings = await loadSettings(note);
    if (!settings.trusted && wanted) note(nothingKept);
    return settings;
  } catch (error) {
    if (!(error instanceof SurtitleError)) throw error;
    note(`warning: ${error.message} ${nothingKept} (${error.code})`);
    return null;
  }
}

async function keepHouse(
  retentionDays: number | null,
  repair: boolean,
  note: (line: string) => void,
): Promise<void> {
  const history = userHistory(note);
  try {
    if (retentionDays !== null) await history.applyRetention(retentionDays);
    if (repair) await history.repair();
  } catch (error) {
    note(`warning: ${describeError(error)}`);
  }
}

function fileSource(file: string): { source: string; title: string } {
  return { source: path.basename(file), title: path.parse(file).name };
}
