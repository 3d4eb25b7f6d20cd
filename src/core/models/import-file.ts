import { createHash, randomUUID } from 'node:crypto';
import { constants, copyFile, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '../files/errno.ts';
import { isProcessAlive } from '../files/writer-identity.ts';
import { requireDiskSpace } from './disk-space.ts';
import { digestFile } from './file-digest.ts';
import { ModelError, writeFailure } from './model-error.ts';

const CHUNK_BYTES = 1 << 20;
const TEMPORARY = /^import-(\d+)-.+\.tmp$/u;

/** A copy of a file from elsewhere, in the models folder under a temporary name. */
export interface ImportedCopy {
  readonly file: string;
  /** Of the copy itself, which nobody else writes to. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Size of the file to import. @throws {ModelError} `input_not_found`, `input_unreadable`. */
export async function sizeOfInput(file: string): Promise<number> {
  try {
    const status = await stat(file);
    if (status.isFile()) return status.size;
  } catch (error) {
    throw inputFailure(file, error);
  }
  throw new ModelError('input_unreadable', `${file} is not a file. Choose the model's .bin file itself.`);
}

/**
 * Copies `source` into `folder`, without taking room where the file system can share it, and computes the
 * copy's checksum. The caller moves it to its place or removes it.
 *
 * @throws {ModelError} `input_…`, `disk_full`, `models_folder_unwritable`; the signal's reason.
 */
export async function copyIntoFolder(
  source: string,
  folder: string,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<ImportedCopy> {
  const bytes = await sizeOfInput(source);
  await removeLeftovers(folder);
  const file = path.join(folder, `import-${process.pid}-${randomUUID()}.tmp`);
  try {
    if (await cloneFile(source, file)) {
      return { file, bytes, sha256: await digestFile(file, signal, onProgress) };
    }
    await requireDiskSpace(folder, bytes);
    return { file, ...(await copyBytes(source, file, signal, onProgress)) };
  } catch (error) {
    await rm(file, { force: true });
    signal.throwIfAborted();
    throw error instanceof ModelError ? error : writeFailure(folder, error);
  }
}

/** Shares the blocks of `source`, where the file system can. */
async function cloneFile(source: string, target: string): Promise<boolean> {
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    await rm(target, { force: true });
    return false;
  }
}

/** One pass: what is written is what the checksum is of, whatever happens to the source meanwhile. */
async function copyBytes(
  source: string,
  target: string,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let bytes = 0;
  const from = await reading(source, open(source, 'r'));
  try {
    const to = await open(target, 'wx', 0o644);
    try {
      for (;;) {
        signal.throwIfAborted();
        const { bytesRead } = await reading(source, from.read(buffer, 0, CHUNK_BYTES, bytes));
        if (bytesRead === 0) break;
        const chunk = buffer.subarray(0, bytesRead);
        await to.appendFile(chunk);
        hash.update(chunk);
        bytes += bytesRead;
        onProgress(bytes);
      }
      await to.sync();
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** Tells failures of the source from those of the copy. */
async function reading<T>(source: string, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    throw inputFailure(source, error);
  }
}

/** Copies whose process died before it could remove them. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(TEMPORARY.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isNaN(pid) && !isProcessAlive(pid)) await rm(path.join(folder, name), { force: true });
  }
}

function inputFailure(file: string, cause: unknown): ModelError {
  const errno = errnoOf(cause);
  return errno === 'ENOENT'
    ? new ModelError('input_not_found', `There is no file ${file}.`, { cause })
    : new ModelError('input_unreadable', `${file} cannot be read (${errno}). Check its permissions.`, {
        cause,
      });
}
