import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../files/durable-file.ts';
import { type JournalContents, readJournal } from './journal-contents.ts';
import { type EndLine, lineOf } from './journal-lines.ts';
import { addToTotals, NO_TOTALS } from './journal-totals.ts';

/** What a repair found. */
export type RepairOutcome =
  /** Nothing to do. */
  | { readonly kind: 'sound' }
  /** It was left without an end, and has one now. */
  | { readonly kind: 'repaired'; readonly tornBytes: number; readonly damagedLines: readonly number[] }
  /** There was no final in it. */
  | { readonly kind: 'removed' };

/**
 * Mends a journal whose writer is gone: cuts off a torn last line and writes the end that the writer could
 * not. A journal without any final is removed. Doing it twice changes nothing.
 *
 * @param endedAt what the end line says: when the journal was last written.
 * @throws {JournalVersionError}; it is then left alone. Whatever the disk answers.
 */
export async function repairJournal(file: string, endedAt: Date): Promise<RepairOutcome> {
  // A title that somebody adds meanwhile must neither be overwritten nor, if it can be helped, cut off.
  const handle = await open(file, constants.O_RDWR | constants.O_APPEND);
  try {
    const bytes = await handle.readFile();
    const contents = readJournal(bytes);
    const { end, finals, damagedLines, completeBytes, lineBreakMissing } = contents;
    if (end !== null && completeBytes === bytes.length && !lineBreakMissing) return { kind: 'sound' };
    if (finals.length === 0 && damagedLines.length === 0) {
      await rm(file, { force: true });
      await syncFolder(path.dirname(file));
      return { kind: 'removed' };
    }
    if (completeBytes < bytes.length) await handle.truncate(completeBytes);
    const mending = (lineBreakMissing ? '\n' : '') + (end === null ? lineOf(endOf(contents, endedAt)) : '');
    await handle.writeFile(mending);
    await handle.sync();
    return { kind: 'repaired', tornBytes: bytes.length - completeBytes, damagedLines };
  } finally {
    await handle.close();
  }
}

function endOf({ finals, title }: JournalContents, endedAt: Date): EndLine {
  return {
    type: 'end',
    ended_at: endedAt.toISOString(),
    reason: 'recovered',
    ...finals.reduce(addToTotals, NO_TOTALS),
    ...(title === null ? {} : { title }),
  };
}
