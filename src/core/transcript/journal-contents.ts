import { SurtitleError } from '../foundation/errors.ts';
import { type EndLine, type FinalLine, readLine, type SessionLine } from './journal-lines.ts';

const NEW_LINE = 0x0a;

/** What a journal holds. */
export interface JournalContents {
  /** `null` where that line is damaged. */
  readonly header: SessionLine | null;
  /** In the order they were written. */
  readonly finals: readonly FinalLine[];
  /** The newest one given; `null` where none was. */
  readonly title: string | null;
  /** `null` while the session runs, and where its writer was killed. */
  readonly end: EndLine | null;
  /** Numbers (from 1) of complete lines that cannot be read. */
  readonly damagedLines: readonly number[];
  /** Bytes up to the end of the last complete line: behind it there is a torn line, or nothing. */
  readonly completeBytes: number;
  /** The last line is complete, but its line break is missing. */
  readonly lineBreakMissing: boolean;
}

/** A journal in a format that this version does not know. */
export class JournalVersionError extends SurtitleError {
  readonly version: number;

  constructor(version: number) {
    super(
      'history_newer',
      `It was written by a newer Surtitle (format ${version}). Update Surtitle to read it.`,
    );
    this.version = version;
  }
}

/**
 * Reads a journal as it is found after a crash: a torn last line is left out, a damaged line loses only
 * itself. A final that stands there twice counts once: its writer was not sure that the first one had
 * reached the disk.
 *
 * @param bytes the file, or its beginning.
 * @throws {JournalVersionError}
 */
export function readJournal(bytes: Uint8Array): JournalContents {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const finals: FinalLine[] = [];
  const seen = new Set<string>();
  const damagedLines: number[] = [];
  let header: SessionLine | null = null;
  let title: string | null = null;
  let end: EndLine | null = null;

  const take = (text: string): 'taken' | 'damaged' => {
    const read = readLine(text);
    if (read.kind === 'newer') throw new JournalVersionError(read.version);
    if (read.kind === 'damaged') return 'damaged';
    if (read.kind === 'unknown') return 'taken';
    const { line } = read;
    switch (line.type) {
      case 'session':
        header ??= line;
        break;
      case 'title':
        title = line.title;
        break;
      case 'end':
        end = line;
        title = line.title ?? title;
        break;
      case 'final':
        if (!seen.has(text)) finals.push(line);
        seen.add(text);
    }
    return 'taken';
  };

  let at = 0;
  let number = 0;
  for (let next = buffer.indexOf(NEW_LINE, at); next >= 0; next = buffer.indexOf(NEW_LINE, at)) {
    number++;
    if (next > at && take(buffer.toString('utf8', at, next)) === 'damaged') damagedLines.push(number);
    at = next + 1;
  }
  // A line is an object: where its last brace is there, all of it is.
  const lineBreakMissing = at < buffer.length && take(buffer.toString('utf8', at)) === 'taken';
  return {
    header,
    finals,
    title,
    end,
    damagedLines,
    completeBytes: lineBreakMissing ? buffer.length : at,
    lineBreakMissing,
  };
}
