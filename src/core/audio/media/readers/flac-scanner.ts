import type { FileBytes } from '../file-bytes.ts';
import { type FlacFrameHeader, flacCrc16, MAX_FLAC_HEADER, parseFlacHeader } from './flac-frame.ts';

export interface ScannedFlacFrame extends FlacFrameHeader {
  /** A copy. */
  readonly bytes: Uint8Array;
}

const CHUNK_BYTES = 128 * 1024;
/** 8 channels of 65,535 samples in 32 bits, unpacked, is 2 MiB; a frame never needs more. */
const MAX_FRAME_BYTES = 2 * 1024 * 1024 + 1024;

/**
 * Cuts a FLAC stream into frames. Their length is written nowhere: a frame ends where a header with a good check sum
 * follows and the frame's own check sum comes out. What never does is left out.
 */
export class FlacScanner {
  readonly #file: FileBytes;
  readonly #end: number;
  /** Of the first byte of {@link #bytes}. */
  #position: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #skippedBytes = 0;
  #cutShort = false;

  /** @param end behind the last frame: a tag may follow. */
  constructor(file: FileBytes, position: number, end: number) {
    this.#file = file;
    this.#end = end;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  /** Bytes that belong to no frame that is whole. */
  get skippedBytes(): number {
    return this.#skippedBytes;
  }

  /** Whether the file ends inside a frame. */
  get cutShort(): boolean {
    return this.#cutShort;
  }

  next(): ScannedFlacFrame | null {
    for (;;) {
      const start = this.#findHeader(0);
      if (start < 0) {
        this.#skip(this.#bytes.length);
        if (this.#atEnd) return null;
        continue;
      }
      this.#skip(start);
      const header = parseFlacHeader(this.#bytes, 0) as FlacFrameHeader;
      const end = this.#findEnd(header.headerLength);
      if (end > 0) {
        const bytes = this.#bytes.slice(0, end);
        this.#drop(end);
        return { ...header, bytes };
      }
      // The file's last bytes are a frame that ends too early, or this was no frame.
      if (this.#atEnd && this.#findHeader(1) < 0) this.#cutShort = true;
      this.#skip(1);
    }
  }

  get #atEnd(): boolean {
    return this.#position + this.#bytes.length >= Math.min(this.#end, this.#file.size);
  }

  /** Where the next header stands, at `from` or later; -1 where none does. */
  #findHeader(from: number): number {
    let at = from;
    for (;;) {
      at = this.#bytes.indexOf(0xff, at);
      if (at < 0) at = this.#bytes.length;
      if (at + MAX_FLAC_HEADER > this.#bytes.length && !this.#atEnd) {
        if (at > MAX_FRAME_BYTES) return -1;
        this.#fill();
        continue;
      }
      if (at >= this.#bytes.length) return -1;
      if (parseFlacHeader(this.#bytes, at)) return at;
      at++;
    }
  }

  /** Where the frame at 0 ends; -1 where its check sum never comes out. */
  #findEnd(headerLength: number): number {
    let crc = 0;
    let checked = 0;
    for (let at = headerLength; ; at++) {
      const next = this.#findHeader(at);
      const end = next < 0 ? this.#bytes.length : next;
      crc = flacCrc16(this.#bytes, checked, end, crc);
      checked = end;
      if (crc === 0 && (next >= 0 || this.#atEnd)) return end;
      if (next < 0 || end > MAX_FRAME_BYTES) return -1;
      at = next;
    }
  }

  #fill(): void {
    const from = this.#position + this.#bytes.length;
    const more = this.#file.read(from, Math.min(CHUNK_BYTES, this.#end - from));
    const joined = new Uint8Array(this.#bytes.length + more.length);
    joined.set(this.#bytes);
    joined.set(more, this.#bytes.length);
    this.#bytes = joined;
  }

  #skip(count: number): void {
    this.#skippedBytes += count;
    this.#drop(count);
  }

  #drop(count: number): void {
    this.#bytes = this.#bytes.subarray(count);
    this.#position += count;
  }
}
