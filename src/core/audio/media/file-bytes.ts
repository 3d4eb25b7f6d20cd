import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Read at once: large enough that calls do not matter, small enough to forget. */
const WINDOW_BYTES = 256 * 1024;

/**
 * A file's bytes by position, through one window of {@link WINDOW_BYTES}. Synchronous, for a worker thread that has
 * nothing else to do meanwhile. The size is that at the time of opening: what is appended later is not read.
 */
export class FileBytes {
  readonly #descriptor: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #size: number;
  #shrunk = false;

  /** @throws a system error (`ENOENT`, `EACCES`, …). */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    this.#size = fstatSync(this.#descriptor).size;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether someone made the file shorter while it was read. Its size is then where it ended. */
  get shrunk(): boolean {
    return this.#shrunk;
  }

  /**
   * `length` bytes from `position`, fewer where the file ends. A view that is valid until the next call; at most
   * {@link WINDOW_BYTES} are given.
   */
  view(position: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, WINDOW_BYTES, this.size - position));
    const offset = position - this.#windowStart;
    if (offset < 0 || offset + wanted > this.#window.length) {
      this.#window = this.read(position, WINDOW_BYTES);
      this.#windowStart = position;
      return this.#window.subarray(0, wanted);
    }
    return this.#window.subarray(offset, offset + wanted);
  }

  /** A copy of `length` bytes from `position`, fewer where the file ends. */
  read(position: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - position)));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(this.#descriptor, bytes, filled, bytes.length - filled, position + filled);
      if (count === 0) {
        this.#shrunk = true;
        this.#size = Math.min(this.#size, position + filled);
        return bytes.subarray(0, filled);
      }
      filled += count;
    }
    return bytes;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
