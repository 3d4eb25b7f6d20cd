/** How the cores of a machine are shared out among decodes. */
export interface EngineConcurrency {
  /** Threads of one decode. */
  readonly threads: number;
  /** Decodes at the same time. */
  readonly maxConcurrent: number;
}

export interface ConcurrencyOptions {
  /** Cores the process may use. */
  readonly cores: number;
  readonly modelBytes: number;
  readonly gpu: boolean;
  /** A choice of the user's, instead of the one made here. */
  readonly threads?: number;
}

/** `tiny` and `base`, quantised `small`: faster than speech on one core. */
const SMALL_MODEL_BYTES = 200 * 1_000_000;
/** Whisper gains little beyond this. */
const MAX_THREADS = 4;
/** whisper.cpp of 2024 was seen to crash with more than eight states at work. */
const MAX_CONCURRENT = 8;

/**
 * Decides on threads and concurrent decodes, such that `threads × maxConcurrent` leaves a core free where
 * there is more than one: ggml's threads spin while they wait for each other, so when something else wants
 * the core one of them runs on, a decode takes a hundred times as long (14 s instead of 0.11 s was seen), and
 * a captioner runs beside video calls.
 *
 * Small models get one thread each and many decodes; large ones the threads they need to keep up with
 * speech, so fewer. A GPU does one thing at a time.
 */
export function planConcurrency(options: ConcurrencyOptions): EngineConcurrency {
  const free = Math.max(1, options.cores - 1);
  const wanted = options.gpu || options.modelBytes <= SMALL_MODEL_BYTES ? 1 : Math.min(MAX_THREADS, free);
  const threads = Math.max(1, Math.floor(options.threads ?? wanted));
  const maxConcurrent = options.gpu ? 1 : Math.min(MAX_CONCURRENT, Math.floor(free / threads));
  return { threads, maxConcurrent: Math.max(1, maxConcurrent) };
}
