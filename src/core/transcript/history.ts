import { errnoOf } from '../files/errno.ts';
import { SurtitleError } from '../foundation/errors.ts';
import type { Logger } from '../foundation/logger.ts';
import type { HistoryEntry } from './history-entry.ts';
import { historyUnwritable, sessionAmbiguous, sessionNewer, sessionNotFound } from './history-errors.ts';
import { HistoryFolder, type StoredSession } from './history-folder.ts';
import {
  containsTerms,
  foldTerms,
  mayContainTerms,
  type SearchHit,
  searchSegments,
} from './history-search.ts';
import { transcriptOf } from './history-transcript.ts';
import type { JournalContents } from './journal-contents.ts';
import { JournalFile } from './journal-file.ts';
import { normalizeSessionId, startOfSession } from './journal-files.ts';
import { lineOf } from './journal-lines.ts';
import type { Transcript } from './transcript.ts';

export interface HistoryOptions {
  /** Folder of the journals; it need not be there. */
  readonly folder: string;
  readonly now: () => Date;
  readonly logger: Logger;
}

/** A whole session. */
export interface HistorySession {
  readonly entry: HistoryEntry;
  readonly transcript: Transcript;
  /** Lines that were damaged, and whose text is missing. */
  readonly damagedLines: number;
}

/** A session in which something was found. */
export interface HistoryMatch {
  readonly entry: HistoryEntry;
  /** In order of time; empty where only the title fits. */
  readonly hits: readonly SearchHit[];
}

/** Word that stands for the newest session. It cannot be an id: ids have no l. */
const NEWEST = 'last';
const DAY_MS = 24 * 60 * 60 * 1000;
const LONGEST_TITLE = 200;
const REPAIRED_AT_START = 100;
/** Files read at the same time for a list. */
const READ_AT_ONCE = 16;

/** The sessions kept on this machine. Opening writes nothing; a folder that is not there is an empty history. */
export function openHistory(options: HistoryOptions): History {
  return new History(options);
}

/**
 * Every method that takes an id takes the beginning of one too, where only one session begins so, and `last`.
 * All throw a {@link SurtitleError}: `history_not_found`, `history_ambiguous`, `history_newer` (a format of a
 * newer version), `history_unreadable`, `history_unwritable`.
 */
export class History {
  readonly #folder: HistoryFolder;
  readonly #now: () => Date;

  constructor(options: HistoryOptions) {
    this.#folder = new HistoryFolder(options);
    this.#now = options.now;
  }

  /** How many sessions there are. */
  async count(): Promise<number> {
    return (await this.#folder.ids()).length;
  }

  /**
   * Sessions, newest first.
   * @param limit reads only so many.
   */
  async list(limit = Number.POSITIVE_INFINITY): Promise<HistoryEntry[]> {
    const entries: HistoryEntry[] = [];
    const ids = await this.#folder.ids();
    while (ids.length > 0 && entries.length < limit) {
      const batch = ids.splice(0, Math.min(READ_AT_ONCE, limit - entries.length));
      const found = await Promise.all(batch.map((id) => this.#folder.entry(id)));
      for (const session of found) if (session) entries.push(session.entry);
    }
    return entries;
  }

  /** A session with its text. */
  async read(id: string): Promise<HistorySession> {
    const { entry, contents } = await this.#open(id);
    return {
      entry,
      transcript: transcriptOf(entry, contents.finals, contents.header),
      damagedLines: contents.damagedLines.length,
    };
  }

  /**
   * Looks through titles and text, newest session first; see {@link searchSegments} for what fits.
   * @param terms each a word, a part of one, or several words that follow each other.
   */
  async *search(terms: readonly string[]): AsyncGenerator<HistoryMatch> {
    const folded = foldTerms(terms);
    if (folded.length === 0) return;
    for (const id of await this.#folder.ids()) {
      const session = await this.#folder.sessionWhere(id, (journal) => mayContainTerms(journal, folded));
      if (!session?.contents) continue;
      const segments = session.contents.finals.map(({ text, start_ms }) => ({ text, startMs: start_ms }));
      const hits = searchSegments(segments, folded);
      if (hits.length > 0 || containsTerms(session.entry.title, folded)) yield { entry: session.entry, hits };
    }
  }

  /**
   * Gives a session another title, also while it runs.
   * @param title white space at its ends and control characters do not count; at most 200 characters.
   * @throws {SurtitleError} also `history_title_invalid`.
   */
  async rename(id: string, title: string): Promise<HistoryEntry> {
    const clean = title.replace(/\p{Cc}+/gu, ' ').trim();
    if (clean === '' || clean.length > LONGEST_TITLE) {
      throw new SurtitleError('history_title_invalid', `A title has 1 to ${LONGEST_TITLE} characters.`);
    }
    const { entry } = await this.#open(id);
    const path = this.#folder.path(entry.id);
    try {
      const file = await JournalFile.open(path);
      try {
        await file.append(lineOf({ type: 'title', title: clean }));
      } finally {
        await file.close();
      }
    } catch (error) {
      throw errnoOf(error) === 'ENOENT' ? sessionNotFound(id) : historyUnwritable(path, error);
    }
    return { ...entry, title: clean };
  }

  /** Deletes a session, really. One that runs is kept no longer from then on. @returns its id. */
  async delete(id: string): Promise<string> {
    const resolved = await this.resolve(id);
    await this.#folder.delete([resolved]);
    return resolved;
  }

  /** Deletes every session, and the folder. @returns how many there were. */
  async eraseAll(): Promise<number> {
    const ids = await this.#folder.ids();
    await this.#folder.delete(ids);
    await this.#folder.removeWhereEmpty();
    return ids.length;
  }

  /**
   * Deletes sessions that began more than `days` days ago, but none that runs.
   * @returns how many.
   */
  async applyRetention(days: number): Promise<number> {
    const keptSinceMs = this.#now().getTime() - days * DAY_MS;
    const old: string[] = [];
    for (const id of await this.#folder.ids()) {
      if (startOfSession(id).getTime() >= keptSinceMs) continue;
      const session = await this.#folder.entry(id);
      if (session && session.entry.state !== 'live') old.push(id);
    }
    await this.#folder.delete(old);
    return old.length;
  }

  /**
   * Mends what a crash left, for a program's start. Any other call does so for the sessions it touches, so the
   * newest are enough.
   */
  async repair(): Promise<void> {
    await this.list(REPAIRED_AT_START);
  }

  /** The id that was meant. */
  async resolve(typed: string): Promise<string> {
    const ids = await this.#folder.ids();
    const newest = ids[0];
    if (typed.trim().toLowerCase() === NEWEST && newest !== undefined) return newest;
    const beginning = normalizeSessionId(typed);
    const fitting = beginning === '' ? [] : ids.filter((id) => id.startsWith(beginning));
    const [only] = fitting;
    if (only === undefined) throw sessionNotFound(typed);
    if (fitting.length > 1) throw sessionAmbiguous(typed, fitting);
    return only;
  }

  async #open(typed: string): Promise<StoredSession & { readonly contents: JournalContents }> {
    const session = await this.#folder.open(await this.resolve(typed));
    if (session === null) throw sessionNotFound(typed);
    const { entry, contents } = session;
    if (contents === null) throw sessionNewer(entry.id);
    return { entry, contents };
  }
}
