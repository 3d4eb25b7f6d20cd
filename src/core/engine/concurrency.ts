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
  /** What the machine is for meanwhile. Default `live`. */
  readonly work?: EngineWork;
  /** Choices of the user's, instead of those made here. */
  readonly threads?: number;
  readonly maxConcurrent?: number;
}

/**
 * `live`: captions beside whatever else runs, which must not be late. `batch`: files, which should be done soon;
 * a decode that is held up now and then holds up nobody.
 */
export type EngineWork = 'live' | 'batch';

/** `tiny` and `base`, quantised `small`: faster than speech on one core. */
const SMALL_MODEL_BYTES = 200 * 1_000_000;
/** Whisper gains little beyond this. */
const MAX_THREADS = 4;
/** whisper.cpp of 2024 was seen to crash with more than eight states at work. */
export const MAX_CONCURRENT = 8;

/**
 * Decides on threads and concurrent decodes. For live work `threads × maxConcurrent` leaves a core free where
 * there is more than one: ggml's threads spin while they wait for each other, so when something else wants
 * the core one of them runs on, a decode takes a hundred times as long (14 s instead of 0.11 s was seen), and
 * a captioner runs beside video calls. Batches get every core: with one thread a decode waits for no other.
 *
 * Small models get one thread each and many decodes; large ones the threads they need to keep up with
 * speech, so fewer. A GPU does one thing at a time.
 */
export function planConcurrency(options: ConcurrencyOptions): EngineConcurrency {
  const { work = 'live' } = options;
  const usable = work === 'batch' ? options.cores : Math.max(1, options.cores - 1);
  const isSmall = options.gpu || options.modelBytes <= SMALL_MODEL_BYTES;
  const share = Math.floor(usable / (options.maxConcurrent ?? 1));
  const wanted = isSmall ? 1 : Math.min(MAX_THREADS, share);
  const threads = Math.max(1, Math.floor(options.threads ?? wanted));
  const fitting = options.gpu ? 1 : Math.floor(usable / threads);
  const maxConcurrent = Math.min(MAX_CONCURRENT, options.maxConcurrent ?? fitting);
  return { threads, maxConcurrent: Math.max(1, maxConcurrent) };
}
