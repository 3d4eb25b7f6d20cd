import cliProgress from 'cli-progress';
import type { Pace } from '../../app/files/pace.ts';
import type { OutputPlan } from '../../core/batch/output-files.ts';
import { cellWidth } from '../../core/foundation/text-width.ts';
import { type BatchProgress, nameOf, type ProgressOutput, type ProgressView } from './batch-progress.ts';
import { nameWidth, paceLine } from './pace-words.ts';

const DEFAULT_COLUMNS = 80;
const CLEAR_REST_OF_LINE = '\u001b[K';

type Bar = ReturnType<cliProgress.MultiBar['create']>;

/** Bars on a terminal: one for the whole batch where there are several recordings, one for each that is being done. */
export class ProgressBars implements ProgressView {
  readonly #progress: BatchProgress;
  readonly #output: ProgressOutput & NodeJS.WritableStream;
  readonly #bars: cliProgress.MultiBar;
  readonly #running = new Map<OutputPlan, Bar>();
  /** In cells. */
  readonly #longestName: number;
  #all: Bar | null = null;
  #ended = false;

  constructor(progress: BatchProgress, output: ProgressOutput & NodeJS.WritableStream) {
    this.#progress = progress;
    this.#output = output;
    const { names, files } = progress;
    const all = files > 1 ? this.#nameOfAll(files) : '';
    this.#longestName = [...names, all].reduce((longest, name) => Math.max(longest, cellWidth(name)), 0);
    this.#bars = new cliProgress.MultiBar({
      // Each bar brings what draws it.
      format: (_options, _params, payload: { draw(): string }) => payload.draw(),
      stream: output,
      fps: 8,
      clearOnComplete: true,
      // Lines that stay push the bars down without their having changed.
      forceRedraw: true,
      hideCursor: true,
      // Left as it is: a kill would leave the terminal without.
      linewrap: true,
    });
  }

  opened(plan: OutputPlan): void {
    if (this.#ended) return;
    if (this.#progress.files > 1) this.#all ??= this.#create(() => this.#drawAll());
    this.#running.set(
      plan,
      this.#create(() => this.#draw(nameOf(plan), this.#progress.paceOf(plan))),
    );
  }

  /** The bars are drawn in their own time. */
  progressed(): void {}

  closed(plan: OutputPlan): void {
    const bar = this.#running.get(plan);
    this.#running.delete(plan);
    if (bar && !this.#ended) this.#bars.remove(bar);
  }

  note(line: string): void {
    if (this.#ended || !this.#bars.isActive) this.#output.write(`${line}\n`);
    else {
      this.#bars.log(`${line.replaceAll('\n', `${CLEAR_REST_OF_LINE}\n`)}${CLEAR_REST_OF_LINE}\n`);
      this.#bars.update();
    }
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#bars.isActive) this.#bars.stop();
  }

  #create(draw: () => string): Bar {
    return this.#bars.create(1, 0, { draw });
  }

  #drawAll(): string {
    const { closed, pace } = this.#progress;
    return this.#draw(this.#nameOfAll(closed), pace);
  }

  #nameOfAll(closed: number): string {
    return `${closed} of ${this.#progress.files} done`;
  }

  #draw(name: string, pace: Pace): string {
    // A full line makes some terminals wrap at once.
    const columns = (this.#output.columns || DEFAULT_COLUMNS) - 1;
    return paceLine(name, nameWidth(this.#longestName, columns), pace, columns);
  }
}
