import type { FileProgress } from '../../core/batch/transcribe-file.ts';
import type { Clock } from '../../core/foundation/clock.ts';

/** Before this, one chunk more or less decides. */
const TELLING_MS = 1_000;

/** How far something is and how fast it goes. */
export interface Pace {
  /** 0 to 1. */
  readonly share: number;
  /** Audio per time: 41 is an hour in 88 s. `null` while it cannot be told. */
  readonly speed: number | null;
  readonly secondsLeft: number | null;
}

interface FileState {
  /** Its part of the whole. */
  readonly weight: number;
  /** Where this run began. */
  first: FileProgress;
  latest: FileProgress;
}

const NOTHING: FileProgress = { doneMs: 0, share: 0 };

/**
 * Follows one recording or several. Speed and remaining time are the average since the beginning, because progress
 * comes in chunks of half a minute of audio; what an earlier run had done counts for neither.
 */
export class PaceMeter<Key> {
  readonly #clock: Clock;
  readonly #files: Map<Key, FileState>;
  #startedAtMs: number | null = null;

  /** @param weights what each recording adds to the share, for instance its size in bytes. */
  constructor(clock: Clock, weights: ReadonlyMap<Key, number>) {
    this.#clock = clock;
    this.#files = new Map(
      [...weights].map(([key, weight]) => [key, { weight, first: NOTHING, latest: NOTHING }]),
    );
  }

  /** A recording has been opened. */
  started(key: Key, progress: FileProgress): void {
    this.#startedAtMs ??= this.#clock.now();
    const file = this.#files.get(key);
    if (file) file.first = file.latest = progress;
  }

  progress(key: Key, progress: FileProgress): void {
    const file = this.#files.get(key);
    if (file) file.latest = progress;
  }

  /** A recording was not transcribed: it is no part of the whole, and says nothing about how fast things go. */
  dropped(key: Key): void {
    this.#files.delete(key);
  }

  /** A recording is done. */
  finished(key: Key): void {
    const file = this.#files.get(key);
    if (file) file.latest = { doneMs: file.latest.doneMs, share: 1 };
  }

  get pace(): Pace {
    const files = [...this.#files.values()];
    const sum = (of: (file: FileState) => number) => files.reduce((total, file) => total + of(file), 0);
    const total = sum(({ weight }) => weight);
    const done = sum(({ weight, latest }) => weight * latest.share);
    const share = total === 0 ? 0 : done / total;
    const elapsedMs = this.#startedAtMs === null ? 0 : this.#clock.now() - this.#startedAtMs;
    const doneMs = sum(({ first, latest }) => latest.doneMs - first.doneMs);
    if (elapsedMs < TELLING_MS || doneMs <= 0) return { share, speed: null, secondsLeft: null };
    const gained = sum(({ weight, first, latest }) => weight * (latest.share - first.share));
    return {
      share,
      speed: doneMs / elapsedMs,
      secondsLeft: gained <= 0 ? null : ((total - done) / gained) * (elapsedMs / 1_000),
    };
  }
}
