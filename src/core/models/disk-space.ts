import { statfs } from 'node:fs/promises';
import { describeBytes } from './byte-words.ts';
import { ModelError } from './model-error.ts';

/**
 * Refuses what would not fit, before anything is transferred. File systems that do not tell are believed to
 * have room.
 * @throws {ModelError} `disk_full`.
 */
export async function requireDiskSpace(folder: string, neededBytes: number): Promise<void> {
  const freeBytes = await freeBytesOf(folder);
  if (freeBytes === null || freeBytes >= neededBytes) return;
  throw new ModelError(
    'disk_full',
    `${describeBytes(neededBytes)} are needed, and ${describeBytes(freeBytes)} are free where ${folder} lies. Free some space, or set SURTITLE_HOME to a folder on another disk.`,
  );
}

async function freeBytesOf(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize, blocks } = await statfs(folder);
    return blocks === 0 ? null : bavail * bsize;
  } catch {
    return null;
  }
}
