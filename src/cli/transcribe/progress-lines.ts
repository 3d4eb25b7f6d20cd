import type { OutputPlan } from '../../core/batch/output-files.ts';
import type { Clock } from '../../core/foundation/clock.ts';
import { type BatchProgress, nameOf, type ProgressOutput, type ProgressView } from './batch-progress.ts';
import { shareText, speedText, timeLeftText } from './pace-words.ts';

/** A line at every tenth of a recording, but not more often than this, … */
const LINE_EVERY_SHARE = 0.1;
const LEAST_BETWEEN_MS = 5_000;
/** … and at this time when there is none. */
const MOST_BETWEEN_MS = 60_000;

interface LastLine {
  readonly atMs: number;
  readonly share: number;
}

/** Lines now and then, where there is no terminal that bars could be drawn on. */
export class ProgressLines implements ProgressView {
  readonly #progress: BatchProgress;
  readonly #output: ProgressOutput;
  readonly #clock: Clock;
  readonly #last = new Map<OutputPlan, LastLine>();

  constructor(progress: BatchProgress, output: ProgressOutput, clock: Clock) {
    this.#progress = progress;
    this.#output = output;
    this.#clock = clock;
  }

  opened(plan: OutputPlan): void {
    const { share } = this.#progress.paceOf(plan);
    this.#last.set(plan, { atMs: this.#clock.now(), share });
    if (share > 0)
      this.note(`${nameOf(plan)}: going on at ${shareText({ share, speed: null, secondsLeft: null })}`);
  }

  progressed(plan: OutputPlan): void {
    const pace = this.#progress.paceOf(plan);
    const last = this.#last.get(plan);
    const atMs = this.#clock.now();
    if (!last || pace.share >= 1 || !isDue(last, pace.share, atMs)) return;
    this.#last.set(plan, { atMs, share: pace.share });
    const speed = pace.speed === null ? '' : speedText(pace.speed);
    const parts = [shareText(pace), speed, timeLeftText(pace)].filter((part) => part !== '');
    this.note(`${nameOf(plan)}: ${parts.join(', ')}`);
  }

  closed(plan: OutputPlan): void {
    this.#last.delete(plan);
  }

  note(line: string): void {
    this.#output.write(`${line}\n`);
  }

  end(): void {}
}

function isDue(last: LastLine, share: number, atMs: number): boolean {
  const silentMs = atMs - last.atMs;
  const tenths = Math.floor(share / LINE_EVERY_SHARE) - Math.floor(last.share / LINE_EVERY_SHARE);
  return silentMs >= MOST_BETWEEN_MS || (tenths > 0 && silentMs >= LEAST_BETWEEN_MS);
}
