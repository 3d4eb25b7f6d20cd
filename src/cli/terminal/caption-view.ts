import type pc from 'picocolors';
import { cells, cellWidth } from '../../core/foundation/text-width.ts';
import { printable, wrap } from './cell-width.ts';

export type Colors = ReturnType<typeof pc.createColors>;

/** Where captions are written: standard output, or a recorder in a test. */
export interface CaptionOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width in cells; only terminals have one. */
  readonly columns?: number;
}

/** Text that may still change, and how much of it will not. */
export interface LiveCaption {
  readonly text: string;
  /** A prefix of `text`. */
  readonly stableText: string;
  readonly startMs: number;
}

export interface FinalCaption {
  readonly text: string;
  readonly startMs: number;
}

const DEFAULT_COLUMNS = 80;
const MIN_COLUMNS = 20;

/**
 * Writes captions: every final on lines of its own with its time, and on a terminal the unfinished
 * caption below them, rewritten in place, what is certain solid and the rest dim. The live line never
 * wraps, because a wrapped line cannot be rewritten; it shows its newest words.
 */
export class CaptionView {
  readonly #output: CaptionOutput;
  readonly #colors: Colors;
  #liveShown = false;

  constructor(output: CaptionOutput, colors: Colors) {
    this.#output = output;
    this.#colors = colors;
  }

  /** Replaces the live line. Does nothing where the output is no terminal. */
  showLive(caption: LiveCaption): void {
    if (this.#output.isTTY !== true) return;
    const text = printable(caption.text);
    if (text === '') {
      this.clearLive();
      return;
    }
    const stamp = formatTime(caption.startMs);
    const room = this.#columns - cellWidth(stamp) - 2;
    const stable = printable(caption.stableText);
    const line = paintLive(text, text.startsWith(stable) ? stable.length : 0, room, this.#colors);
    this.#output.write(`\r\u001b[2K${this.#colors.dim(stamp)}  ${line}`);
    this.#liveShown = true;
  }

  /** Writes a finished caption for good. */
  showFinal(caption: FinalCaption): void {
    this.clearLive();
    const stamp = formatTime(caption.startMs);
    const text = printable(caption.text);
    if (this.#output.isTTY !== true) {
      this.#output.write(`${stamp}  ${text}\n`);
      return;
    }
    const indent = ' '.repeat(cellWidth(stamp) + 2);
    const [first = '', ...rest] = wrap(text, this.#columns - indent.length);
    const lines = [`${this.#colors.dim(stamp)}  ${first}`, ...rest.map((line) => indent + line)];
    this.#output.write(`${lines.join('\n')}\n`);
  }

  /** Takes the live line away, so that something else can be written. */
  clearLive(): void {
    if (!this.#liveShown) return;
    this.#output.write('\r\u001b[2K');
    this.#liveShown = false;
  }

  /** One cell is left free: a full line makes some terminals wrap at once. */
  get #columns(): number {
    return Math.max(MIN_COLUMNS, this.#output.columns ?? DEFAULT_COLUMNS) - 1;
  }
}

/** `1:05` or, from an hour on, `1:02:05`; padded so that the first ten minutes line up with the next fifty. */
export function formatTime(timeMs: number): string {
  const seconds = Math.floor(timeMs / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const clock =
    minutes < 60
      ? `${minutes}:${two(seconds % 60)}`
      : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
  return clock.padStart(5);
}

/** The end of `text` that fits `room`, its first `stableLength` characters solid and the others dim. */
function paintLive(text: string, stableLength: number, room: number, colors: Colors): string {
  const all = cells(text);
  let first = all.length;
  let used = 0;
  const whole = cellWidth(text) <= room;
  const budget = whole ? room : room - 1;
  while (first > 0 && used + (all[first - 1]?.width ?? 0) <= budget) used += all[--first]?.width ?? 0;

  let offset = all.slice(0, first).reduce((sum, cell) => sum + cell.text.length, 0);
  let solid = '';
  let dim = '';
  for (const cell of all.slice(first)) {
    if (offset < stableLength) solid += cell.text;
    else dim += cell.text;
    offset += cell.text.length;
  }
  return `${whole ? '' : '…'}${solid}${dim === '' ? '' : colors.dim(dim)}`;
}
