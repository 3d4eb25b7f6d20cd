import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { holdFile, isWriterAlive, thisWriter } from '../../../files/writer-identity.ts';
import type { Logger } from '../../../foundation/logger.ts';

const OWNER = 'owner.json';
const ownerSchema = z.object({ pid: z.int(), host: z.string(), process_start: z.string().optional() });
/** A server's folder within the one for uploads. */
const SERVER_FOLDER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
/** A folder that does not say whose it is belongs to a server that was killed as it made it, or makes it just now. */
const UNOWNED_MS = 3_600_000;

/**
 * Where a server keeps what is being uploaded: a folder of its own, which nobody else may look into, within one that
 * all servers of the user share. What is left there by a server that was killed, the next one removes.
 */
export class UploadFolder {
  readonly #shared: string;
  readonly #own: string;
  readonly #logger: Logger;
  #release: (() => unknown) | null = null;

  /** @param shared is made with the first upload. */
  constructor(shared: string, logger: Logger) {
    this.#shared = path.resolve(shared);
    this.#own = path.join(this.#shared, randomUUID());
    this.#logger = logger;
  }

  /** Removes what servers left that run no more. Never fails: it is nothing a server cannot start without. */
  async sweep(): Promise<void> {
    try {
      for (const name of await readdir(this.#shared)) {
        const folder = path.join(this.#shared, name);
        if (!SERVER_FOLDER.test(name) || !(await isLeftBehind(folder))) continue;
        await rm(folder, { recursive: true, force: true });
        this.#logger.info('Uploads that a killed server had left were removed.');
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return;
      this.#logger.warn('Old uploads could not be looked for.', { code: code ?? 'unknown' });
    }
  }

  /** @returns the path of a file that may be made now. @throws file system errors. */
  async newFile(): Promise<string> {
    // Each time: nobody keeps the user from tidying up.
    await mkdir(this.#own, { recursive: true, mode: 0o700 });
    this.#release ??= holdFile(this.#own);
    await this.#sign();
    return path.join(this.#own, randomUUID());
  }

  /** Removes a file, whether it was made or not. */
  async remove(file: string): Promise<void> {
    await rm(file, { force: true }).catch((error: NodeJS.ErrnoException) => {
      this.#logger.error('An upload could not be removed. Stop the server and remove it by hand.', {
        folder: this.#own,
        code: error.code ?? 'unknown',
      });
    });
  }

  /** Removes everything. */
  async close(): Promise<void> {
    if (!this.#release) return;
    // Whatever is left goes with the next server's sweep.
    await rm(this.#own, { recursive: true, force: true }).catch(() => undefined);
    this.#release();
  }

  /** Says whose the folder is. */
  async #sign(): Promise<void> {
    const file = path.join(this.#own, OWNER);
    try {
      await writeFile(file, JSON.stringify(thisWriter()), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
      await this.remove(file);
      throw error;
    }
  }
}

/** @param folder a server's. */
async function isLeftBehind(folder: string): Promise<boolean> {
  const { mtimeMs } = await stat(folder);
  const nowMs = Date.now();
  const owner = ownerSchema.safeParse(await readOwner(folder));
  if (!owner.success) return nowMs - mtimeMs > UNOWNED_MS;
  return !isWriterAlive(folder, owner.data, mtimeMs, nowMs);
}

async function readOwner(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path.join(folder, OWNER), 'utf8'));
  } catch {
    // None, or cut short: the folder's age decides.
    return null;
  }
}
