import { type Pace, PaceMeter } from '../../app/files/pace.ts';
import type { OutputPlan } from '../../core/batch/output-files.ts';
import type { FileProgress } from '../../core/batch/transcribe-file.ts';
import type { FileOutcome } from '../../core/batch/transcribe-files.ts';
import type { Clock } from '../../core/foundation/clock.ts';
import { printable } from '../terminal/cell-width.ts';

/** Where progress is written. */
export interface ProgressOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width in cells; only terminals have one. */
  readonly columns?: number;
}

/** Shows a batch under way. */
export interface ProgressView {
  /** A recording is read; `progress` is what an earlier run had done. */
  opened(plan: OutputPlan): void;
  progressed(plan: OutputPlan): void;
  closed(plan: OutputPlan): void;
  /** Writes a line that stays. */
  note(line: string): void;
  /** Takes away what does not stay. Safe to call twice. */
  end(): void;
}

/** How the recordings of a batch come along, each and all together. */
export class BatchProgress {
  readonly #each: ReadonlyMap<OutputPlan, PaceMeter<OutputPlan>>;
  readonly #all: PaceMeter<OutputPlan>;
  readonly #opened = new Set<OutputPlan>();
  #closed = 0;

  /** @param sizes of the recordings that are to be done, in bytes. */
  constructor(sizes: ReadonlyMap<OutputPlan, number>, clock: Clock) {
    this.#all = new PaceMeter(clock, sizes);
    this.#each = new Map([...sizes.keys()].map((plan) => [plan, new PaceMeter(clock, new Map([[plan, 1]]))]));
  }

  /** Recordings that are to be done. */
  get files(): number {
    return this.#each.size;
  }

  /** Of those, how many came to an end, good or bad. */
  get closed(): number {
    return this.#closed;
  }

  /** Of all. */
  get pace(): Pace {
    return this.#all.pace;
  }

  /** What recordings are called. */
  get names(): string[] {
    return [...this.#each.keys()].map(nameOf);
  }

  paceOf(plan: OutputPlan): Pace {
    return this.#each.get(plan)?.pace ?? { share: 0, speed: null, secondsLeft: null };
  }

  /** @returns whether this is the first that is heard of the recording. */
  progressed(plan: OutputPlan, progress: FileProgress): boolean {
    const isFirst = !this.#opened.has(plan);
    this.#opened.add(plan);
    for (const meter of [this.#all, this.#each.get(plan)]) {
      if (isFirst) meter?.started(plan, progress);
      else meter?.progress(plan, progress);
    }
    return isFirst;
  }

  finished({ kind, plan }: FileOutcome): void {
    if (!this.#each.has(plan)) return;
    this.#closed++;
    if (kind === 'done') this.#all.finished(plan);
    else this.#all.dropped(plan);
  }
}

/** What a recording is called on a screen: its path as it was given. */
export function nameOf(plan: OutputPlan): string {
  return printable(plan.input);
}
