import { readdir, readFile, rmdir, stat, unlink } from 'node:fs/promises';
import { syncFolder } from '../files/durable-file.ts';
import { errnoOf } from '../files/errno.ts';
import { isWriterAlive } from '../files/writer-identity.ts';
import { describeError } from '../foundation/errors.ts';
import type { Logger } from '../foundation/logger.ts';
import { entryOf, type HistoryEntry, newerEntry, readForList } from './history-entry.ts';
import { historyUnreadable, historyUnwritable } from './history-errors.ts';
import { type JournalContents, JournalVersionError, readJournal } from './journal-contents.ts';
import { idOfJournal, journalPath } from './journal-files.ts';
import { repairJournal } from './journal-repair.ts';

/** A session as it lies in the folder. */
export interface StoredSession {
  readonly entry: HistoryEntry;
  /** `null` where the format is newer than this version. */
  readonly contents: JournalContents | null;
}

export interface HistoryFolderOptions {
  readonly folder: string;
  readonly now: () => Date;
  readonly logger: Logger;
}

/** A journal without its first line may just be being made; after so long it is not. */
const BEING_MADE_MS = 10 * 60 * 1000;

/** The journals in a folder. Those whose writer is gone are mended whenever they are come across. */
export class HistoryFolder {
  readonly #folder: string;
  readonly #now: () => Date;
  readonly #logger: Logger;

  constructor({ folder, now, logger }: HistoryFolderOptions) {
    this.#folder = folder;
    this.#now = now;
    this.#logger = logger;
  }

  /** Newest first. @throws {SurtitleError} `history_unreadable`. */
  async ids(): Promise<string[]> {
    try {
      const files = await readdir(this.#folder, { withFileTypes: true });
      const ids = files.map((file) => (file.isFile() ? idOfJournal(file.name) : null));
      return ids
        .filter((id) => id !== null)
        .sort()
        .reverse();
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw historyUnreadable(this.#folder, error);
    }
  }

  path(id: string): string {
    return journalPath(this.#folder, id);
  }

  /** A session as a list needs it; `null` where it is gone or cannot be read, which is logged. */
  entry(id: string): Promise<StoredSession | null> {
    return this.#skipped(this.#load(id, readForList), id);
  }

  /** A session whose journal, as text, `fits`; `null` where it does not, and as with {@link entry}. */
  async sessionWhere(id: string, fits: (journal: string) => boolean): Promise<StoredSession | null> {
    const journal = await readFile(this.path(id), 'utf8').catch(() => null);
    // Where it cannot be read, opening it says so.
    return journal === null || fits(journal) ? this.#skipped(this.open(id), id) : null;
  }

  /** A session with all its finals; `null` where it is gone. @throws {SurtitleError} `history_unreadable`. */
  open(id: string): Promise<StoredSession | null> {
    return this.#load(id, async (file) => readJournal(await readFile(file)));
  }

  /** Deletes journals, for good. @throws {SurtitleError} `history_unwritable`; the others are deleted then. */
  async delete(ids: readonly string[]): Promise<void> {
    let failure: unknown = null;
    for (const id of ids) {
      try {
        await unlink(this.path(id));
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') failure = error;
      }
    }
    if (ids.length > 0) await syncFolder(this.#folder).catch((error: unknown) => (failure ??= error));
    if (failure !== null) throw historyUnwritable(this.#folder, failure);
  }

  /** Removes the folder itself, unless there is something else in it. */
  async removeWhereEmpty(): Promise<void> {
    try {
      await rmdir(this.#folder);
    } catch (error) {
      this.#logger.debug('The history folder stays.', { reason: errnoOf(error) });
    }
  }

  /** One file that cannot be read must not hide the others. */
  async #skipped(loading: Promise<StoredSession | null>, id: string): Promise<StoredSession | null> {
    try {
      return await loading;
    } catch (error) {
      this.#logger.warn('A session could not be read.', { session: id, reason: describeError(error) });
      return null;
    }
  }

  async #load(id: string, read: (file: string) => Promise<JournalContents>): Promise<StoredSession | null> {
    const file = this.path(id);
    try {
      let contents = await read(file);
      if (await this.#mend(id, contents)) contents = await read(file);
      // A file just made, whose first line is on its way, or one left so by a crash.
      if (contents.finals.length === 0 && contents.damagedLines.length === 0) return null;
      return { entry: entryOf(id, contents), contents };
    } catch (error) {
      if (error instanceof JournalVersionError) return { entry: newerEntry(id), contents: null };
      if (errnoOf(error) === 'ENOENT') return null;
      throw historyUnreadable(file, error);
    }
  }

  /** @returns whether the file has changed. */
  async #mend(id: string, { header, end, lineBreakMissing }: JournalContents): Promise<boolean> {
    if (end !== null && !lineBreakMissing) return false;
    const file = this.path(id);
    const { mtime } = await stat(file);
    const nowMs = this.#now().getTime();
    const mayBeWritten =
      header === null
        ? nowMs - mtime.getTime() < BEING_MADE_MS
        : isWriterAlive(file, header, mtime.getTime(), nowMs);
    if (mayBeWritten) return false;
    try {
      const outcome = await repairJournal(file, mtime);
      if (outcome.kind === 'repaired') {
        this.#logger.info('A session that had been cut off was repaired.', {
          session: id,
          tornBytes: outcome.tornBytes,
          damagedLines: outcome.damagedLines.length,
        });
      }
      return outcome.kind !== 'sound';
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || error instanceof JournalVersionError) throw error;
      // A folder that cannot be written can still be read.
      this.#logger.warn('A session that had been cut off could not be repaired.', {
        session: id,
        reason: errnoOf(error),
      });
      return false;
    }
  }
}
