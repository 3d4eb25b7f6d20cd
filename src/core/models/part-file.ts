import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile, syncFolder } from '../files/durable-file.ts';
import { startDigest } from './file-digest.ts';
import type { ModelFiles } from './model-files.ts';

/** Where a part comes from, as noted beside it. */
export interface PartSource {
  /** Address without anything secret. */
  readonly address: string;
  /** The server's tag for this very content; `null` where it gave none. */
  readonly etag: string | null;
}

interface StoredPartSource extends PartSource {
  /** Of the whole file that the part is to become. */
  readonly sha256: string;
}

/**
 * The beginning of a file that is being downloaded, with the running sha256 of what lies on the disk. It may
 * be left at any moment and opened again.
 */
export class PartFile {
  readonly #files: ModelFiles;
  readonly #sha256: string;
  readonly #handle: FileHandle;
  #hash: Hash;
  #bytes: number;
  #source: PartSource | null;

  private constructor(
    files: ModelFiles,
    sha256: string,
    handle: FileHandle,
    start: { hash: Hash; bytes: number; source: PartSource | null },
  ) {
    this.#files = files;
    this.#sha256 = sha256;
    this.#handle = handle;
    this.#hash = start.hash;
    this.#bytes = start.bytes;
    this.#source = start.source;
  }

  /**
   * Opens what has been downloaded of a file of `bytes` bytes before, and reads it for the checksum. What
   * belongs to another file, or cannot be told, is thrown away.
   *
   * @param onProgress hears how many bytes have been read.
   * @throws the signal's reason; what the file system throws.
   */
  static async open(
    files: ModelFiles,
    { sha256, bytes }: { readonly sha256: string; readonly bytes: number },
    signal: AbortSignal | undefined,
    onProgress: (bytes: number) => void,
  ): Promise<PartFile> {
    const source = await readSource(files, sha256);
    const held = await sizeOf(files.part);
    if (held > 0 && (source === null || held > bytes)) await truncate(files.part, 0);
    const keep = source !== null && held <= bytes ? held : 0;
    const start =
      keep > 0
        ? await startDigest(files.part, keep, signal, onProgress)
        : { hash: createHash('sha256'), bytes: 0 };
    const handle = await open(files.part, keep > 0 ? 'r+' : 'w', 0o644);
    return new PartFile(files, sha256, handle, { ...start, source: keep > 0 ? source : null });
  }

  /** Bytes on the disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The tag to go on with at `address`; `null` where none is known, or it is another server's. */
  etagFor(address: string): string | null {
    return this.#source?.address === address ? this.#source.etag : null;
  }

  /** Throws away what is there. */
  async startOver(source: PartSource): Promise<void> {
    await this.#handle.truncate(0);
    this.#bytes = 0;
    this.#hash = createHash('sha256');
    const stored: StoredPartSource = { ...source, sha256: this.#sha256 };
    await replaceFile(this.#files.partSource, `${JSON.stringify(stored)}\n`, 0o644);
    this.#source = source;
  }

  /** Adds to the end. What the disk did not take is not counted. */
  async append(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      const { bytesWritten } = await this.#handle.write(rest, 0, rest.length, this.#bytes);
      this.#hash.update(rest.subarray(0, bytesWritten));
      this.#bytes += bytesWritten;
      rest = rest.subarray(bytesWritten);
    }
  }

  /** Whether what is there is the whole file, by its sha256. */
  matches(): boolean {
    return this.#hash.copy().digest('hex') === this.#sha256;
  }

  /** Has the disk keep what was written, even through a power cut. */
  async sync(): Promise<void> {
    await this.#handle.sync();
  }

  /** Makes it the model file. It must have been synced and closed. */
  async moveIntoPlace(): Promise<void> {
    await rename(this.#files.part, this.#files.model);
    await rm(this.#files.partSource, { force: true });
    await syncFolder(path.dirname(this.#files.model));
  }

  /** Leaves it for another time; of nothing, nothing is left. Safe to call twice. */
  async close(): Promise<void> {
    await this.#handle.close();
    if (this.#bytes === 0) await discardPart(this.#files);
  }

  /** Closes it and removes it. */
  async discard(): Promise<void> {
    await this.#handle.close();
    await discardPart(this.#files);
  }
}

/** Removes what has been downloaded of a model. @returns whether there was anything. */
export async function discardPart(files: ModelFiles): Promise<boolean> {
  const had = (await sizeOf(files.part)) > 0;
  await rm(files.part, { force: true });
  await rm(files.partSource, { force: true });
  return had;
}

/** Bytes of a file; 0 where there is none. */
export async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}

async function readSource(files: ModelFiles, sha256: string): Promise<PartSource | null> {
  try {
    const stored = JSON.parse(await readFile(files.partSource, 'utf8')) as Partial<StoredPartSource>;
    const { address, etag } = stored;
    if (stored.sha256 !== sha256 || typeof address !== 'string') return null;
    return { address, etag: typeof etag === 'string' ? etag : null };
  } catch {
    // Absent or damaged: nothing says what the part is.
    return null;
  }
}
