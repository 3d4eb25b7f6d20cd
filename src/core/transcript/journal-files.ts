import { randomInt } from 'node:crypto';
import { chmod, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../files/durable-file.ts';

/** Version of the format, raised only when older readers would misread it. New kinds of lines and new fields do not. */
export const JOURNAL_VERSION = 1;

const EXTENSION = '.jsonl';
/** Crockford's base 32: no letter that looks like a digit (https://www.crockford.com/base32.html). */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
/** Seconds since 1970 need seven digits until the year 3058. */
const TIME_DIGITS = 7;
const RANDOM_DIGITS = 2;
const ID_PATTERN = new RegExp(`^[${DIGITS}]{${TIME_DIGITS + RANDOM_DIGITS}}$`, 'u');
/** An id of nine letters and digits that sorts by the second the session began. */
export function newSessionId(startedAt: Date): string {
  const seconds = Math.max(0, Math.floor(startedAt.getTime() / 1000));
  return digitsOf(seconds, TIME_DIGITS) + digitsOf(randomInt(DIGITS.length ** RANDOM_DIGITS), RANDOM_DIGITS);
}

/** When a session began, to the second, by its id. */
export function startOfSession(id: string): Date {
  const seconds = [...id.slice(0, TIME_DIGITS)].reduce(
    (sum, digit) => sum * DIGITS.length + DIGITS.indexOf(digit),
    0,
  );
  return new Date(seconds * 1000);
}

/** What was typed, as an id is written: capitals and the letters i, l and o stand for what they look like. */
export function normalizeSessionId(typed: string): string {
  return typed.trim().toLowerCase().replace(/[il]/gu, '1').replaceAll('o', '0');
}

export function journalPath(folder: string, id: string): string {
  return path.join(folder, id + EXTENSION);
}

/** @returns `null` for a file that is no journal. */
export function idOfJournal(fileName: string): string | null {
  if (!fileName.endsWith(EXTENSION)) return null;
  const id = fileName.slice(0, -EXTENSION.length);
  return ID_PATTERN.test(id) ? id : null;
}

/** Makes a folder only the user can enter (0700), lastingly; one that is there is closed to others. */
export async function preparePrivateFolder(name: string): Promise<void> {
  // Else the way up from a relative one would end in `.`, whose parent is `.`.
  const folder = path.resolve(name);
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first !== undefined) {
    for (let made = folder; made.length >= first.length; made = path.dirname(made))
      await syncFolder(path.dirname(made));
  } else if (process.platform !== 'win32' && ((await stat(folder)).mode & 0o077) !== 0) {
    await chmod(folder, 0o700);
  }
}

function digitsOf(value: number, length: number): string {
  let digits = '';
  for (let rest = value; digits.length < length; rest = Math.floor(rest / DIGITS.length)) {
    digits = (DIGITS[rest % DIGITS.length] as string) + digits;
  }
  return digits;
}
