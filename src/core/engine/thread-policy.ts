/** How one decode went. */
export interface DecodeCost {
  /** Length of the audio that was decoded. */
  readonly audioMs: number;
  readonly wallMs: number;
  /** Processor time the process used meanwhile, over all its threads. */
  readonly cpuMs: number;
}

/** Decodes shorter than this say nothing: a tick of the scheduler weighs too much. */
const SHORTEST_TELLING_MS = 20;
/** Threads that had their core to themselves use all of the wall time, since ggml's spin while they wait. */
const CROWDED_BELOW = 0.75;
const UNDISTURBED_ABOVE = 0.9;
/** Another thread is worth its core only where a decode takes more than this share of its audio's length. */
const SLOW_ABOVE = 0.3;
const CROWDED_DECODES_TO_STEP_DOWN = 2;
const SLOW_DECODES_TO_STEP_UP = 3;
const FIRST_REST = 50;
const LONGEST_REST = 1600;

/**
 * Chooses the number of threads of the next decode from how the last ones went. ggml's threads spin at every
 * barrier, so one of them that has to share its core makes all of them wait: a decode of 0.1 s has been seen
 * to take 14 s with two threads beside a busy process. When wall time and processor time part, a thread less is
 * faster; when decodes are slow and undisturbed, one more may help. After each step down it rests longer
 * before it tries again.
 */
export class ThreadPolicy {
  readonly #most: number;
  #threads: number;
  #crowded = 0;
  #slow = 0;
  #rest = 0;
  #nextRest = FIRST_REST;

  /** @param options `most` is never exceeded; `start` is where it begins, 1 for small models. */
  constructor(options: { readonly start: number; readonly most: number }) {
    this.#most = Math.max(1, Math.floor(options.most));
    this.#threads = Math.min(this.#most, Math.max(1, Math.floor(options.start)));
  }

  /** Threads for the next decode. */
  get threads(): number {
    return this.#threads;
  }

  /** Takes note of a decode that ran alone with {@link threads} threads. */
  record(cost: DecodeCost): void {
    if (this.#rest > 0) this.#rest--;
    if (cost.wallMs < SHORTEST_TELLING_MS) return;
    const share = cost.cpuMs / (cost.wallMs * this.#threads);
    this.#crowded = share < CROWDED_BELOW ? this.#crowded + 1 : 0;
    const isSlow = cost.wallMs > SLOW_ABOVE * cost.audioMs && share >= UNDISTURBED_ABOVE;
    this.#slow = isSlow ? this.#slow + 1 : 0;
    if (this.#crowded >= CROWDED_DECODES_TO_STEP_DOWN && this.#threads > 1) {
      this.#step(-1);
      this.#rest = this.#nextRest;
      this.#nextRest = Math.min(this.#nextRest * 2, LONGEST_REST);
    } else if (this.#slow >= SLOW_DECODES_TO_STEP_UP && this.#threads < this.#most && this.#rest === 0) {
      this.#step(1);
    }
  }

  #step(by: number): void {
    this.#threads += by;
    this.#crowded = 0;
    this.#slow = 0;
  }
}
