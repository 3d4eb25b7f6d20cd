import cliProgress from 'cli-progress';
import { SpeedMeter } from '../../app/models/speed-meter.ts';
import type { Clock } from '../../core/foundation/clock.ts';
import { describeBytes } from '../../core/models/byte-words.ts';
import type { DownloadEvent } from '../../core/models/download-events.ts';
import { pace, percentage, progressLine } from './progress-words.ts';
import type { CommandOutput } from './surroundings.ts';

const DEFAULT_COLUMNS = 80;
/** Without a terminal, a line at every tenth, but not too soon, and not too late either. */
const LINE_EVERY_SHARE = 0.1;
const SOONEST_LINE_MS = 2000;
const LATEST_LINE_MS = 30_000;

/**
 * Shows a transfer: on a terminal a bar that is rewritten in place, elsewhere a line now and then. What
 * happens on the way (a lost connection) gets a line of its own.
 */
export class ProgressDisplay {
  readonly #name: string;
  readonly #output: CommandOutput & NodeJS.WritableStream;
  readonly #clock: Clock;
  readonly #meter: SpeedMeter;
  #bar: cliProgress.SingleBar | null = null;
  #label = '';
  #lastLine: { readonly atMs: number; readonly share: number } | null = null;

  constructor(name: string, output: CommandOutput & NodeJS.WritableStream, clock: Clock) {
    this.#name = name;
    this.#output = output;
    this.#clock = clock;
    this.#meter = new SpeedMeter(clock);
  }

  /** Takes an event of a download. */
  show(event: DownloadEvent): void {
    switch (event.type) {
      case 'downloading':
        this.progress(this.#name, event.bytes, event.totalBytes);
        break;
      case 'checking':
        this.progress(`${this.#name}: checking`, event.bytes, event.totalBytes);
        break;
      case 'waiting': {
        const who = event.pid === null ? 'another process' : `process ${event.pid}`;
        this.progress(`${this.#name}: waiting for ${who}`, event.bytes, event.totalBytes);
        break;
      }
      case 'retrying':
        this.note(`${event.reason}; going on in ${Math.ceil(event.delayMs / 1000)} s`);
        break;
      case 'restarting':
        this.note(`${event.reason}; starting over`);
        break;
    }
  }

  /** `bytes` of `totalBytes` are done of what `label` says. */
  progress(label: string, bytes: number, totalBytes: number): void {
    if (label !== this.#label) {
      this.#label = label;
      this.#meter.forget();
      this.#lastLine = null;
    }
    this.#meter.note(bytes);
    if (this.#output.isTTY === true) this.#draw(bytes, totalBytes);
    else this.#writeNowAndThen(bytes, totalBytes);
  }

  /** A sentence that stays. */
  note(text: string): void {
    this.end();
    this.#output.write(`${this.#name}: ${text}\n`);
  }

  /** Takes the bar away. */
  end(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  #draw(bytes: number, totalBytes: number): void {
    if (this.#bar === null) {
      this.#bar = new cliProgress.SingleBar({
        format: (_options, { value, total }) => this.#line(value, total),
        stream: this.#output,
        fps: 8,
        clearOnComplete: true,
        hideCursor: true,
        linewrap: null,
      });
      this.#bar.start(totalBytes, bytes);
    }
    this.#bar.setTotal(totalBytes);
    this.#bar.update(bytes);
  }

  #line(bytes: number, totalBytes: number): string {
    const { bytesPerSecond } = this.#meter;
    const columns = (this.#output.columns || DEFAULT_COLUMNS) - 1;
    return progressLine({ label: this.#label, bytes, totalBytes, bytesPerSecond }, columns);
  }

  #writeNowAndThen(bytes: number, totalBytes: number): void {
    const atMs = this.#clock.now();
    const share = totalBytes === 0 ? 1 : bytes / totalBytes;
    this.#lastLine ??= { atMs, share };
    const last = this.#lastLine;
    const sinceMs = atMs - last.atMs;
    const tenths = Math.floor(share / LINE_EVERY_SHARE) - Math.floor(last.share / LINE_EVERY_SHARE);
    if (sinceMs < (tenths === 0 ? LATEST_LINE_MS : SOONEST_LINE_MS)) return;
    this.#lastLine = { atMs, share };
    const progress = { label: this.#label, bytes, totalBytes, bytesPerSecond: this.#meter.bytesPerSecond };
    const amount = `${describeBytes(bytes)} of ${describeBytes(totalBytes)}`;
    this.#output.write(`${this.#label}: ${[percentage(progress), amount, ...pace(progress)].join(', ')}\n`);
  }
}
