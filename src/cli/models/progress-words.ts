import { cellWidth } from '../../core/foundation/text-width.ts';
import { describeBytes } from '../../core/models/byte-words.ts';

/** How far something is. */
export interface Progress {
  /** What is going on, such as `base.en`. */
  readonly label: string;
  readonly bytes: number;
  readonly totalBytes: number;
  /** `null` while it cannot be told. */
  readonly bytesPerSecond: number | null;
}

const SHORTEST_BAR = 10;
const LONGEST_BAR = 40;

/** `45 %`, and 100 only when everything is there. */
export function percentage({ bytes, totalBytes }: Progress): string {
  return `${totalBytes === 0 ? 100 : Math.floor((bytes / totalBytes) * 100)} %`;
}

/** `5.20 MB/s`, `0:15 left`; nothing while it cannot be told. */
export function pace({ bytes, totalBytes, bytesPerSecond }: Progress): string[] {
  if (bytesPerSecond === null) return [];
  if (bytesPerSecond < 1) return ['0 bytes/s'];
  const secondsLeft = Math.ceil((totalBytes - bytes) / bytesPerSecond);
  return [`${describeBytes(bytesPerSecond)}/s`, `${formatDuration(secondsLeft)} left`];
}

/** One line of at most `columns` cells, with a bar where there is room for one. */
export function progressLine(progress: Progress, columns: number): string {
  const amount = `${describeBytes(progress.bytes)} of ${describeBytes(progress.totalBytes)}`;
  const tails = [
    [percentage(progress).padStart(5), amount, ...pace(progress)],
    [percentage(progress).padStart(5), ...pace(progress)],
    [percentage(progress).padStart(5)],
  ].map((parts) => parts.join('  '));
  const room = (tail: string): number => columns - cellWidth(progress.label) - cellWidth(tail) - 2;
  const tail = tails.find((candidate) => room(candidate) >= SHORTEST_BAR);
  if (tail === undefined) return `${progress.label} ${percentage(progress)}`.slice(0, columns);
  const cells = Math.min(LONGEST_BAR, room(tail));
  const share = progress.totalBytes === 0 ? 1 : progress.bytes / progress.totalBytes;
  const filled = Math.floor(share * cells);
  return `${progress.label} ${'━'.repeat(filled)}${'╌'.repeat(cells - filled)} ${tail}`;
}

/** `0:07`, `12:30`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = 0, minutes = 0, rest = 0] = parts;
  const tail = String(rest).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
