import type { FileBytes } from '../file-bytes.ts';
import { text } from './bytes.ts';
import { MAX_OGG_PAGE, type OggPage, readOggPage } from './ogg-page.ts';

/** Walks the pages of an Ogg file. Where none stands, or one is damaged, it goes on at the next that is whole. */
export class OggScanner {
  readonly #file: FileBytes;
  #position: number;
  #skipped = false;
  #damaged = false;

  constructor(file: FileBytes, position: number) {
    this.#file = file;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  /** Whether something that is no whole page stood before one that is. */
  get damaged(): boolean {
    return this.#damaged;
  }

  next(): OggPage | null {
    while (this.#position < this.#file.size) {
      const page = readOggPage(this.#file, this.#position);
      if (page) {
        this.#position += page.length;
        this.#damaged ||= this.#skipped;
        return page;
      }
      this.#position = this.#search(this.#position + 1);
      this.#skipped = true;
    }
    return null;
  }

  /** Where the next page may stand. */
  #search(from: number): number {
    for (let at = from; at < this.#file.size; ) {
      const bytes = this.#file.view(at, MAX_OGG_PAGE);
      for (let found = bytes.indexOf(0x4f); found >= 0; found = bytes.indexOf(0x4f, found + 1)) {
        if (text(bytes, found, 4) === 'OggS') return at + found;
      }
      // A page's first bytes may straddle the border.
      at += bytes.length < 4 ? 4 : bytes.length - 3;
    }
    return this.#file.size;
  }
}
