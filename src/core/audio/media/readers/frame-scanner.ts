import type { FileBytes } from '../file-bytes.ts';
import type { FrameHeader, ParseFrameHeader } from './frame-header.ts';
import { tagLength } from './tags.ts';

/** A frame where it stands in the file. */
export interface ScannedFrame extends FrameHeader {
  readonly position: number;
  /** Bytes right before it that are neither frame nor tag; 0 before the first frame. */
  readonly skippedBytes: number;
}

/** Bytes looked through at once for a header. */
const SEARCH_BYTES = 64 * 1024;
const HEADER_BYTES = 8;

/**
 * Walks the frames of an MP3 or ADTS file. Tags between them are stepped over; where no frame stands, it goes on at
 * the next two frames of one stream in a row.
 */
export class FrameScanner {
  readonly #file: FileBytes;
  readonly #parse: ParseFrameHeader;
  readonly #searchEnd: number;
  #position: number;
  #stream: string | null = null;
  #skippedBytes = 0;
  #damaged = false;
  #cutShort = false;

  /** @param searchEnd frames that begin later are not found, where one has to be searched for. */
  constructor(
    file: FileBytes,
    parse: ParseFrameHeader,
    position: number,
    searchEnd = Number.POSITIVE_INFINITY,
  ) {
    this.#file = file;
    this.#parse = parse;
    this.#position = position;
    this.#searchEnd = searchEnd;
  }

  get position(): number {
    return this.#position;
  }

  /** Whether bytes behind the first frame were neither frame nor tag. */
  get damaged(): boolean {
    return this.#damaged;
  }

  /** Whether the file ends inside its last frame. */
  get cutShort(): boolean {
    return this.#cutShort;
  }

  next(): ScannedFrame | null {
    while (this.#position < this.#file.size) {
      const header = this.#parse(this.#file.view(this.#position, HEADER_BYTES), 0);
      // Where the stream seems to change, the next frame must agree.
      if (header && (header.stream === this.#stream || this.#isConfirmed(this.#position, header))) {
        return this.#take(header);
      }
      const tag = tagLength(this.#file, this.#position);
      if (tag > 0) this.#position += tag;
      else this.#resynchronise();
    }
    return null;
  }

  #take(header: FrameHeader): ScannedFrame | null {
    const position = this.#position;
    this.#position += header.length;
    if (this.#position > this.#file.size) {
      this.#cutShort = true;
      return null;
    }
    this.#stream = header.stream;
    const skippedBytes = this.#skippedBytes;
    this.#skippedBytes = 0;
    return { ...header, position, skippedBytes };
  }

  #resynchronise(): void {
    const from = this.#position;
    let at = from + 1;
    search: while (at < this.#file.size) {
      if (at > this.#searchEnd) {
        at = this.#file.size;
        break;
      }
      const bytes = this.#file.read(at, SEARCH_BYTES);
      for (let offset = bytes.indexOf(0xff); offset >= 0; offset = bytes.indexOf(0xff, offset + 1)) {
        const header = this.#parse(bytes, offset);
        if (header && this.#isConfirmed(at + offset, header)) {
          at += offset;
          break search;
        }
      }
      // A header may straddle the border.
      at += bytes.length < SEARCH_BYTES ? bytes.length : SEARCH_BYTES - HEADER_BYTES + 1;
    }
    this.#position = Math.min(at, this.#file.size);
    if (this.#stream === null) return;
    // The beginning of a header that the file does not hold all of.
    if (this.#file.size - from < HEADER_BYTES) {
      this.#cutShort = true;
      return;
    }
    this.#skippedBytes += this.#position - from;
    this.#damaged = true;
  }

  #isConfirmed(position: number, header: FrameHeader): boolean {
    const next = position + header.length;
    if (next === this.#file.size) return true;
    const following = this.#parse(this.#file.view(next, HEADER_BYTES), 0);
    return following?.stream === header.stream || (following === null && tagLength(this.#file, next) > 0);
  }
}
