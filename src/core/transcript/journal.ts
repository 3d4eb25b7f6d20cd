import { readFile } from 'node:fs/promises';
import { errnoOf } from '../files/errno.ts';
import { holdFile, thisWriter } from '../files/writer-identity.ts';
import type { Clock, Timer } from '../foundation/clock.ts';
import { SurtitleError } from '../foundation/errors.ts';
import { readJournal } from './journal-contents.ts';
import { JournalDeletedError, JournalFile } from './journal-file.ts';
import { JOURNAL_VERSION, journalPath, newSessionId, preparePrivateFolder } from './journal-files.ts';
import { type EndLine, type FinalLine, lineOf, type SessionLine } from './journal-lines.ts';
import { addToTotals, type JournalTotals, NO_TOTALS } from './journal-totals.ts';

/** What is known about a session when it begins. */
export interface JournalSession {
  /** Where the audio comes from, for people. */
  readonly source: string;
  /** Where it has one already. */
  readonly title?: string;
  readonly model: string;
  /** Two-letter code, or `auto`. */
  readonly language: string;
  readonly startedAt: Date;
}

/** A finished caption as the journal takes it; a final of the protocol is one. */
export type JournalFinal = Omit<FinalLine, 'type'>;

/** What the user of a journal may want to tell their user. */
export type JournalEvent =
  /** The first final is kept. */
  | { readonly type: 'created'; readonly id: string; readonly file: string }
  /** Finals cannot be written for now, and are held in memory until they can. Told once each time. */
  | { readonly type: 'unwritable'; readonly error: SurtitleError }
  /** All that was held in memory is written. */
  | { readonly type: 'recovered' }
  /** The session was deleted from the history while it ran; the rest of it is not kept either. */
  | { readonly type: 'deleted' };

/** How a journal ended. */
export interface JournalResult {
  /** `null` where nothing was kept. */
  readonly id: string | null;
  /** Finals that could not be written, and are gone. */
  readonly lost: number;
}

export interface JournalOptions {
  /** Made, with the journal, when the first final comes. */
  readonly folder: string;
  readonly session: JournalSession;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly onEvent: (event: JournalEvent) => void;
}

/** A caption waits no longer than this for the disk. */
const SLOW_DISK_MS = 1000;
/** How often a disk that failed is tried again while no final comes. */
const RETRY_MS = 5000;
/** Ids of one second that may be taken before something else is wrong. */
const ID_ATTEMPTS = 50;

/**
 * Writes a live session down as it happens: one durable write for every final, before it is shown, so that a
 * crash or a power cut costs at most what was being spoken. It never stops captions: where the disk does
 * not take a final, or not in time, the final is held and written later, and {@link JournalEvent} tells.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #pending: string[] = [];
  #file: JournalFile | null = null;
  #id: string | null = null;
  #release: () => void = () => undefined;
  #totals: JournalTotals = NO_TOTALS;
  #work: Promise<void> = Promise.resolve();
  #writing = false;
  #troubled = false;
  #deleted = false;
  #closed = false;
  #retry: Timer | null = null;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /**
   * Keeps a final. Resolves when it is on the disk, or when it is clear that it will not be for now; never
   * rejects. Finals are written in the order of the calls.
   */
  async append(final: JournalFinal): Promise<void> {
    if (this.#closed || this.#deleted) return;
    this.#totals = addToTotals(this.#totals, final);
    this.#pending.push(lineOf(finalLine(final)));
    // A disk that hangs has made one caption wait already.
    const hangs = this.#troubled && this.#writing;
    const written = this.#schedule();
    if (!hangs) await this.#untilSlow(written);
  }

  /**
   * Ends the journal, after a last try to write what is held.
   * @param durationMs of the session's audio.
   */
  async close(durationMs = 0): Promise<JournalResult> {
    if (this.#closed) return { id: this.#id, lost: this.#pending.length };
    this.#closed = true;
    await this.#untilSlow(this.#schedule());
    this.#retry?.cancel();
    if (!this.#writing) await this.#end(durationMs);
    this.#release();
    return { id: this.#id, lost: this.#pending.length };
  }

  #schedule(): Promise<void> {
    this.#work = this.#work.then(() => this.#writePending());
    return this.#work;
  }

  async #writePending(): Promise<void> {
    const count = this.#pending.length;
    if (count === 0 || this.#deleted) return;
    this.#retry?.cancel();
    this.#writing = true;
    try {
      const lines = this.#pending.join('');
      if (this.#file) await this.#file.append(lines);
      else await this.#create(lines);
      this.#pending.splice(0, count);
      if (this.#troubled && this.#pending.length === 0) {
        this.#troubled = false;
        this.#options.onEvent({ type: 'recovered' });
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#writing = false;
    }
  }

  async #create(lines: string): Promise<void> {
    const { folder, session } = this.#options;
    await preparePrivateFolder(folder);
    for (let attempt = 1; this.#file === null; attempt++) {
      const id = newSessionId(session.startedAt);
      const file = journalPath(folder, id);
      const release = holdFile(file);
      try {
        this.#file = await JournalFile.create(file, lineOf(sessionLine(id, session)) + lines);
        this.#id = id;
        this.#release = release;
        this.#options.onEvent({ type: 'created', id, file });
      } catch (error) {
        release();
        if (errnoOf(error) !== 'EEXIST' || attempt === ID_ATTEMPTS) throw error;
      }
    }
  }

  #failed(error: unknown): void {
    if (error instanceof JournalDeletedError) {
      this.#deleted = true;
      this.#pending.length = 0;
      this.#options.onEvent({ type: 'deleted' });
      return;
    }
    this.#tellTrouble(unwritable(this.#options.folder, error));
    this.#retry = this.#options.clock.setTimer(RETRY_MS, () => void this.#schedule());
  }

  #tellTrouble(error: SurtitleError): void {
    if (this.#troubled) return;
    this.#troubled = true;
    this.#options.onEvent({ type: 'unwritable', error });
  }

  async #untilSlow(written: Promise<void>): Promise<void> {
    let timer: Timer | null = null;
    const slow = new Promise<'slow'>((resolve) => {
      timer = this.#options.clock.setTimer(SLOW_DISK_MS, () => resolve('slow'), { keepsProcessAlive: true });
    });
    const outcome = await Promise.race([written, slow]);
    (timer as Timer | null)?.cancel();
    if (outcome === 'slow') this.#tellTrouble(unanswered(this.#options.folder));
  }

  /** The last line only saves others work: where it cannot be written, a later start does it. */
  async #end(durationMs: number): Promise<void> {
    if (!this.#file) return;
    if (this.#pending.length === 0 && !this.#deleted) {
      await this.#writeEnd(this.#file, durationMs).catch(() => undefined);
    }
    await this.#file.close().catch(() => undefined);
  }

  async #writeEnd(file: JournalFile, durationMs: number): Promise<void> {
    await file.append(lineOf(await this.#endLine(file, durationMs)));
  }

  async #endLine(file: JournalFile, durationMs: number): Promise<EndLine> {
    const { folder, now } = this.#options;
    // Somebody gave the session a title meanwhile. It stands somewhere in the middle; here it is quickly found.
    const title =
      this.#id !== null && (await file.hasForeignLines())
        ? readJournal(await readFile(journalPath(folder, this.#id))).title
        : null;
    return {
      type: 'end',
      ended_at: now().toISOString(),
      reason: 'ended',
      ...this.#totals,
      duration_ms: Math.max(this.#totals.duration_ms, Math.round(durationMs)),
      ...(title === null ? {} : { title }),
    };
  }
}

/** Only what the format names: a final of the protocol has more. */
function finalLine({ text, start_ms, end_ms, language, confidence, words }: JournalFinal): FinalLine {
  return {
    type: 'final',
    text,
    start_ms,
    end_ms,
    language,
    confidence,
    ...(words === undefined ? {} : { words }),
  };
}

function sessionLine(id: string, { source, title, model, language, startedAt }: JournalSession): SessionLine {
  return {
    type: 'session',
    version: JOURNAL_VERSION,
    id,
    started_at: startedAt.toISOString(),
    source,
    ...(title === undefined ? {} : { title }),
    model,
    language,
    ...thisWriter(),
  };
}

function unwritable(folder: string, cause: unknown): SurtitleError {
  const errno = errnoOf(cause);
  const advice =
    errno === 'ENOSPC' || errno === 'EDQUOT'
      ? 'The disk is full: free some space.'
      : 'Make the folder writable for this user, or set SURTITLE_HOME to one that is.';
  return new SurtitleError(
    'journal_unwritable',
    `The history in ${folder} cannot be written (${errno}). ${advice}`,
    {
      cause,
    },
  );
}

function unanswered(folder: string): SurtitleError {
  return new SurtitleError(
    'journal_unwritable',
    `The disk of the history in ${folder} does not answer. Check that it is connected.`,
  );
}
