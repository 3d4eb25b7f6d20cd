import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../files/durable-file.ts';

const NEW_LINE = 0x0a;
/** Read and write; every write goes to the end. */
const APPENDING = constants.O_RDWR | constants.O_APPEND;

/** The file was deleted by someone while it was being written. */
export class JournalDeletedError extends Error {}

/**
 * A file that only grows, by whole lines that are on the disk before {@link append} returns. Others may
 * append to it too (a title): every write goes to the end of the file.
 */
export class JournalFile {
  readonly #handle: FileHandle;
  /** Bytes this writer has added. */
  #ownBytes = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /**
   * Makes the file with its first lines: all of it or nothing.
   * @throws an error of Node with code `EEXIST` where it is there already, or whatever the disk answers.
   */
  static async create(file: string, lines: string): Promise<JournalFile> {
    const handle = await open(file, APPENDING | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      const journal = new JournalFile(handle);
      await journal.append(lines);
      await syncFolder(path.dirname(file));
      return journal;
    } catch (error) {
      await handle.close();
      await rm(file, { force: true });
      throw error;
    }
  }

  /** Opens a file that is there. A torn last line is ended, so that what is appended stands by itself. */
  static async open(file: string): Promise<JournalFile> {
    return new JournalFile(await open(file, APPENDING));
  }

  /**
   * Adds lines, with one write where the system takes them at once, and waits until they are on the disk.
   * Where that fails, what was written of them is taken back, so that they can be appended again.
   *
   * @param lines with their line breaks.
   * @throws {JournalDeletedError}; whatever the disk answers.
   */
  async append(lines: string): Promise<void> {
    const { size, nlink } = await this.#handle.stat();
    if (nlink === 0) throw new JournalDeletedError('The journal was deleted.');
    const torn = size > 0 && size !== this.#ownBytes && !(await this.#endsWithNewLine(size));
    const bytes = Buffer.from(torn ? `\n${lines}` : lines);
    try {
      for (let written = 0; written < bytes.length; ) {
        written += (await this.#handle.write(bytes, written)).bytesWritten;
      }
      await this.#handle.datasync();
    } catch (error) {
      await this.#takeBack(size, bytes.length);
      throw error;
    }
    this.#ownBytes += bytes.length;
  }

  /** Whether somebody else has added something. */
  async hasForeignLines(): Promise<boolean> {
    return (await this.#handle.stat()).size !== this.#ownBytes;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  /** Best effort: what cannot be taken back is a torn line, which the next append ends and readers leave out. */
  async #takeBack(size: number, length: number): Promise<void> {
    try {
      const { size: now } = await this.#handle.stat();
      if (now > size && now <= size + length) await this.#handle.truncate(size);
    } catch {
      // The disk is failing; the error that led here is told.
    }
  }

  async #endsWithNewLine(size: number): Promise<boolean> {
    const last = Buffer.alloc(1);
    await this.#handle.read(last, 0, 1, size - 1);
    return last[0] === NEW_LINE;
  }
}
