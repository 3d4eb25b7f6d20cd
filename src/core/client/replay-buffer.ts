/** First size of the ring, in bytes; it doubles as needed. */
const INITIAL_BYTES = 64 * 1024;

/** Raw audio by sample position: appended at the end, given up from the front, read anywhere between. */
export class ReplayBuffer {
  readonly #bytesPerPosition: number;
  #ring = new Uint8Array(INITIAL_BYTES);
  /** Position of the first sample held. */
  #start = 0;
  #end = 0;
  /** Where in the ring the first sample's bytes stand. */
  #head = 0;

  constructor(bytesPerPosition: number) {
    this.#bytesPerPosition = bytesPerPosition;
  }

  /** Position of the oldest sample held. */
  get start(): number {
    return this.#start;
  }

  /** Position after the newest sample. */
  get end(): number {
    return this.#end;
  }

  /** Takes a copy of `bytes`, which must be whole samples. */
  append(bytes: Uint8Array): void {
    const held = (this.#end - this.#start) * this.#bytesPerPosition;
    if (held + bytes.length > this.#ring.length) this.#grow(held + bytes.length);
    const at = (this.#head + held) % this.#ring.length;
    const untilEdge = Math.min(bytes.length, this.#ring.length - at);
    this.#ring.set(bytes.subarray(0, untilEdge), at);
    this.#ring.set(bytes.subarray(untilEdge), 0);
    this.#end += bytes.length / this.#bytesPerPosition;
  }

  /** A copy of the samples in [from, to), which must be held. */
  read(from: number, to: number): Uint8Array {
    if (from < this.#start || to > this.#end || from > to) {
      throw new RangeError(`[${from}, ${to}) is not within [${this.#start}, ${this.#end}).`);
    }
    const bytes = new Uint8Array((to - from) * this.#bytesPerPosition);
    const at = (this.#head + (from - this.#start) * this.#bytesPerPosition) % this.#ring.length;
    const untilEdge = Math.min(bytes.length, this.#ring.length - at);
    bytes.set(this.#ring.subarray(at, at + untilEdge), 0);
    bytes.set(this.#ring.subarray(0, bytes.length - untilEdge), untilEdge);
    return bytes;
  }

  /** Gives up everything before `position`. */
  discardBefore(position: number): void {
    const to = Math.min(position, this.#end);
    if (to <= this.#start) return;
    this.#head = (this.#head + (to - this.#start) * this.#bytesPerPosition) % this.#ring.length;
    this.#start = to;
  }

  #grow(needed: number): void {
    let size = this.#ring.length;
    while (size < needed) size *= 2;
    const held = this.read(this.#start, this.#end);
    this.#ring = new Uint8Array(size);
    this.#ring.set(held);
    this.#head = 0;
  }
}
