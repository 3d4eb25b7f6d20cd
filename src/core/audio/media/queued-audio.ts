import type { Clock, Timer } from '../../foundation/clock.ts';
import { AudioFileError } from '../audio-file-error.ts';
import type { MediaAudio } from './media-audio.ts';

export interface QueuedAudioOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** How long the producer may take for its next sign of life while someone waits for it. */
  readonly stallMs: number;
  /** A piece was taken: there is room for another. */
  readonly onTaken: () => void;
  /** Ends the producer, whatever it is doing. Called once. */
  readonly onClose: () => Promise<void>;
}

type Waiting = { readonly reject: (error: unknown) => void; readonly timer: Timer };

/**
 * A {@link MediaAudio} filled by a producer elsewhere (a thread, a process). What the producer says after it failed or
 * was closed is dropped.
 */
export class QueuedAudio implements MediaAudio {
  readonly #options: QueuedAudioOptions;
  readonly #pieces: { samples: Float32Array; readShare: number }[] = [];
  readonly #warnings: string[] = [];
  readonly #abort = () => this.fail(this.#options.signal?.reason);
  #format = '';
  #durationMs: number | null = null;
  #readShare = 0;
  #started = false;
  #state: 'open' | 'ended' | 'failed' | 'closed' = 'open';
  #failure: unknown = null;
  #waiting: Waiting | null = null;
  #wake: (() => void) | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: QueuedAudioOptions) {
    this.#options = options;
    options.signal?.addEventListener('abort', this.#abort);
    if (options.signal?.aborted) this.#abort();
  }

  get format(): string {
    return this.#format;
  }

  get durationMs(): number | null {
    return this.#durationMs;
  }

  get readShare(): number {
    return this.#readShare;
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** Pieces that wait to be taken. */
  get piecesAhead(): number {
    return this.#pieces.length;
  }

  /** From the producer: what it reads. */
  describe(format: string, durationMs: number | null): void {
    this.#format = format;
    this.#durationMs = durationMs;
  }

  /** From the producer. */
  push(samples: Float32Array, readShare: number): void {
    if (this.#state !== 'open') return;
    this.#pieces.push({ samples, readShare });
    this.#wake?.();
  }

  /** From the producer: a sentence for people. Said once, however often it comes. */
  warn(sentence: string): void {
    if (!this.#warnings.includes(sentence)) this.#warnings.push(sentence);
  }

  /** From the producer: there is no more. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    this.#wake?.();
  }

  /** The rest cannot be read. Pieces that are here already are still given. */
  fail(error: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = 'failed';
    this.#failure = error;
    this.#waiting?.reject(error);
    this.#waiting = null;
    void this.#stop();
  }

  /**
   * Waits for what the producer is about to do.
   * @param start is given the function to call when it has.
   * @throws what {@link fail} was given, or that the producer gives no sign of life.
   */
  async wait<Result>(start: (done: (result: Result) => void) => void): Promise<Result> {
    if (this.#state === 'failed') throw this.#failure;
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.setTimer(this.#options.stallMs, () => this.fail(stalled()));
      const settle = () => {
        timer.cancel();
        this.#waiting = null;
      };
      this.#waiting = {
        timer,
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      start((result) => {
        settle();
        resolve(result);
      });
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Float32Array, void, undefined> {
    if (this.#started) throw new Error('A media file is read once; open it again.');
    this.#started = true;
    try {
      for (let piece = await this.#next(); piece; piece = await this.#next()) yield piece;
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    const wasOpen = this.#state === 'open';
    if (this.#state !== 'failed') this.#state = 'closed';
    if (wasOpen) this.#wake?.();
    this.#pieces.length = 0;
    await this.#stop();
  }

  async #next(): Promise<Float32Array | null> {
    // Whoever cancels wants nothing more, not even what is here already.
    if (this.#options.signal?.aborted && this.#state === 'failed') throw this.#failure;
    if (this.#pieces.length === 0 && this.#state === 'open') {
      await this.wait<void>((done) => {
        this.#wake = done;
      });
      this.#wake = null;
    }
    const piece = this.#pieces.shift();
    if (piece) {
      this.#readShare = piece.readShare;
      if (this.#state === 'open') this.#options.onTaken();
      return piece.samples;
    }
    if (this.#state === 'failed') throw this.#failure;
    if (this.#state === 'ended') this.#readShare = 1;
    return null;
  }

  #stop(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#abort);
    this.#closing ??= this.#options.onClose();
    return this.#closing;
  }
}

function stalled(): AudioFileError {
  return new AudioFileError(
    'audio_decoder_failed',
    'Reading the file came to a standstill. If it lies on a network drive, copy it to this machine; else it may be damaged.',
  );
}
