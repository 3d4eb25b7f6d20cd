import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import { isNamedLikeMedia } from './media-extensions.ts';

/** What a folder holds. Paths are relative to it. */
export interface FolderContents {
  readonly recordings: readonly string[];
  /** Sub-folders that could not be read, and why. */
  readonly problems: readonly { readonly folder: string; readonly error: SurtitleError }[];
}

/** `talk 9` before `talk 10`; the same order everywhere. */
const byName = new Intl.Collator('en', { numeric: true });

/**
 * The recordings in a folder and all below it, by their extension, in order of their names. Hidden files and
 * folders are passed over. Links to files are followed, links to folders are not: they may lead round in circles.
 */
export async function recordingsIn(root: string, folder = ''): Promise<FolderContents> {
  const recordings: string[] = [];
  const problems: { folder: string; error: SurtitleError }[] = [];
  for (const entry of await list(path.join(root, folder), (error) => problems.push({ folder, error }))) {
    if (entry.name.startsWith('.')) continue;
    const relative = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      const below = await recordingsIn(root, relative);
      recordings.push(...below.recordings);
      problems.push(...below.problems);
    } else if (isNamedLikeMedia(entry.name) && (await isFile(entry, path.join(root, relative)))) {
      recordings.push(relative);
    }
  }
  return { recordings, problems };
}

async function list(folder: string, fail: (error: SurtitleError) => void): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((one, other) => byName.compare(one.name, other.name));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    fail(
      new SurtitleError(
        'input_unreadable',
        `The folder ${folder} cannot be read (${code ?? describeError(cause)}). Check its permissions.`,
        { cause },
      ),
    );
    return [];
  }
}

async function isFile(entry: Dirent, file: string): Promise<boolean> {
  if (entry.isFile()) return true;
  if (!entry.isSymbolicLink()) return false;
  const target = await stat(file).catch(() => null);
  // A link that leads nowhere is no recording.
  return target?.isFile() === true;
}
