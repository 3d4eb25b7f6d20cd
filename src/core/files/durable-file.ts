import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from './errno.ts';

/** What a system answers that cannot sync a folder: Windows, some network drives. */
const FOLDER_SYNC_MISSING: ReadonlySet<string> = new Set([
  'EINVAL',
  'EPERM',
  'EISDIR',
  'ENOTSUP',
  'EBADF',
  'EACCES',
]);

/**
 * Writes a small file all at once: a reader, a crash, a power cut or a full disk meets the old content or the new.
 * @param mode permissions, such as 0o600.
 */
export async function replaceFile(file: string, content: string, mode: number): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    // Whoever asked is told why the writing failed, not that the remains could not be removed either.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Makes the names in a folder last: new and renamed files are there, deleted ones gone, also after a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(path.resolve(folder), 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!FOLDER_SYNC_MISSING.has(errnoOf(error))) throw error;
  }
}
