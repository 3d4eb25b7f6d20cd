import { open } from 'node:fs/promises';
import { type JournalContents, readJournal } from './journal-contents.ts';
import { startOfSession } from './journal-files.ts';
import { addToTotals, NO_TOTALS } from './journal-totals.ts';

/** What a list says about one session. */
export interface HistoryEntry {
  readonly id: string;
  readonly title: string;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly segments: number;
  readonly words: number;
  /** Where the audio came from. */
  readonly source: string;
  readonly model: string;
  /**
   * `interrupted`: its writer was killed; all that was finished is there. `newer`: in a format of a newer
   * version, so that nothing but its start is known.
   */
  readonly state: 'live' | 'ended' | 'interrupted' | 'newer';
}

/** A header with its first final and an end with a few titles behind it fit; longer ones are read whole. */
const HEAD_BYTES = 8192;
const TAIL_BYTES = 4096;
const DEFAULT_TITLE_CHARACTERS = 48;

/**
 * Reads a journal as far as a list needs it: its beginning and its end, and all of it only where those do not
 * tell (it runs still, or was torn).
 *
 * @throws {JournalVersionError}; an error of Node where it cannot be read.
 */
export async function readForList(file: string): Promise<JournalContents> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size <= HEAD_BYTES + TAIL_BYTES) return readJournal(await handle.readFile());
    const head = Buffer.alloc(HEAD_BYTES);
    const tail = Buffer.alloc(TAIL_BYTES);
    await handle.read(head, 0, HEAD_BYTES, 0);
    await handle.read(tail, 0, TAIL_BYTES, size - TAIL_BYTES);
    const first = readJournal(head);
    const last = readJournal(tail.subarray(tail.indexOf('\n') + 1));
    const enough =
      first.header !== null &&
      // Without any, a session counts as one that never began; and it is called by the first.
      first.finals.length > 0 &&
      last.end !== null &&
      !last.lineBreakMissing &&
      last.damagedLines.length === 0;
    if (!enough) return readJournal(await handle.readFile());
    return { ...last, header: first.header, finals: first.finals };
  } finally {
    await handle.close();
  }
}

/** The entry of a journal that could be read; one that ended has its totals in its end. */
export function entryOf(id: string, contents: JournalContents): HistoryEntry {
  const { header, finals, end } = contents;
  const totals = end ?? finals.reduce(addToTotals, NO_TOTALS);
  return {
    id,
    title: titleOf(id, contents),
    startedAt: header?.started_at ?? startOfSession(id).toISOString(),
    durationMs: totals.duration_ms,
    segments: totals.segments,
    words: totals.words,
    source: header?.source ?? '',
    model: header?.model ?? '',
    state: end === null ? 'live' : end.reason === 'recovered' ? 'interrupted' : 'ended',
  };
}

/** The entry of a journal in a format of a newer version. */
export function newerEntry(id: string): HistoryEntry {
  return {
    id,
    title: '',
    startedAt: startOfSession(id).toISOString(),
    durationMs: 0,
    segments: 0,
    words: 0,
    source: '',
    model: '',
    state: 'newer',
  };
}

/** The title given, else what the session was called when it began, else its first words. */
function titleOf(id: string, { title, header, finals }: JournalContents): string {
  if (title !== null) return title;
  if (header?.title !== undefined) return header.title;
  const text = finals[0]?.text ?? '';
  if (text === '') return header?.source || id;
  if (text.length <= DEFAULT_TITLE_CHARACTERS) return text;
  const lastSpace = text.lastIndexOf(' ', DEFAULT_TITLE_CHARACTERS);
  const cut = text.slice(0, DEFAULT_TITLE_CHARACTERS).replace(/\p{Cs}$/u, '');
  return `${(lastSpace > 0 ? cut.slice(0, lastSpace) : cut).replace(/[\s\p{P}]+$/u, '')}…`;
}
