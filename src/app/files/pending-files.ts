import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../core/files/durable-file.ts';
import { errnoOf } from '../../core/files/errno.ts';
import { describeError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';

const pendingFileSchema = z.object({
  id: z.string().min(1).max(64),
  /** Absolute path of the recording. */
  file: z.string().min(1),
  /** Whether it was uploaded, and belongs to the job. */
  uploaded: z.boolean(),
});
const documentSchema = z.object({ version: z.literal(1), files: z.array(pendingFileSchema) });

export type PendingFile = z.output<typeof pendingFileSchema>;

/** Remembers which recordings wait to be transcribed, for the next start. */
export class PendingFiles {
  readonly #folder: string;
  readonly #file: string;
  readonly #logger: Logger;
  #writing: Promise<void> = Promise.resolve();

  /** @param folder made when something is written. */
  constructor(folder: string, logger: Logger) {
    this.#folder = folder;
    this.#file = path.join(folder, 'pending.json');
    this.#logger = logger;
  }

  /** Those an earlier run left; none where the file is damaged. */
  async read(): Promise<readonly PendingFile[]> {
    try {
      return documentSchema.parse(JSON.parse(await readFile(this.#file, 'utf8'))).files;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') {
        this.#logger.warn('Which recordings waited to be transcribed could not be read.');
      }
      return [];
    }
  }

  /** Never rejects: whoever waits for a transcript gets it all the same. */
  write(files: readonly PendingFile[]): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      try {
        await mkdir(this.#folder, { recursive: true, mode: 0o700 });
        await replaceFile(this.#file, `${JSON.stringify({ version: 1, files })}\n`, 0o600);
      } catch (error) {
        this.#logger.warn('Which recordings wait to be transcribed could not be kept.', {
          reason: describeError(error),
        });
      }
    });
    return this.#writing;
  }
}
