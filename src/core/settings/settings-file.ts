import { constants } from 'node:fs';
import { copyFile, link, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile, syncFolder } from '../files/durable-file.ts';
import { errnoOf } from '../files/errno.ts';
import { SurtitleError } from '../foundation/errors.ts';

/** @returns `null` where there is no such file. @throws {SurtitleError} `settings_unreadable`. */
export async function readSettingsText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw new SurtitleError(
      'settings_unreadable',
      `The settings in ${file} cannot be read (${errnoOf(error)}). Make the file readable for this user, or set SURTITLE_HOME to another folder.`,
      { cause: error },
    );
  }
}

/**
 * Replaces a file all at once: a crash, a power cut or a full disk leaves the old one or the new one. Only
 * the user can read it (0600).
 * @throws {SurtitleError} `settings_unwritable`; the old file is then still there.
 */
export async function replaceSettingsText(file: string, text: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await replaceFile(file, text, 0o600);
    await syncFolder(path.dirname(file));
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Gives a file a second name, or a copy where there are no hard links; the file itself stays, so that it is
 * never missing.
 * @throws {SurtitleError} `settings_unwritable`.
 */
export async function keepAside(file: string, aside: string): Promise<void> {
  try {
    await link(file, aside).catch(() => copyFile(file, aside, constants.COPYFILE_EXCL));
  } catch (error) {
    throw unwritable(aside, error);
  }
}

function unwritable(file: string, cause: unknown): SurtitleError {
  const errno = errnoOf(cause);
  const advice =
    errno === 'ENOSPC' || errno === 'EDQUOT'
      ? 'The disk is full: free some space and try again.'
      : 'Make the folder writable for this user, or set SURTITLE_HOME to one that is.';
  return new SurtitleError(
    'settings_unwritable',
    `The settings could not be written to ${file} (${errno}). ${advice}`,
    {
      cause,
    },
  );
}
