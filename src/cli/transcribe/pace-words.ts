import type { Pace } from '../../app/files/pace.ts';
import { cells, cellWidth } from '../../core/foundation/text-width.ts';
import { formatDuration } from '../models/progress-words.ts';

const SHORTEST_BAR = 8;
const LONGEST_BAR = 40;
/** A name gets this share of a line, and no less than this many cells. */
const NAME_SHARE = 0.4;
const SHORTEST_NAME = 12;

/** `41×`; slow ones with a digit more: `0.8×`. */
export function speedText(speed: number): string {
  if (speed >= 10) return `${Math.round(speed)}×`;
  return `${speed.toFixed(speed >= 1 ? 1 : 2)}×`;
}

/** `45 %`, and 100 only when all is done. */
export function shareText({ share }: Pace): string {
  return `${Math.floor(share * 100)} %`;
}

/** `0:12 left`; nothing while it cannot be told. */
export function timeLeftText({ secondsLeft }: Pace): string {
  return secondsLeft === null ? '' : `${formatDuration(Math.ceil(secondsLeft))} left`;
}

/** Milliseconds as `0:07`, `12:30`, `1:02:03`. */
export function lengthText(durationMs: number): string {
  return formatDuration(Math.round(durationMs / 1_000));
}

/** Cells for names of which the longest has `longest`, on a line of `columns`. */
export function nameWidth(longest: number, columns: number): number {
  return Math.min(longest, Math.max(SHORTEST_NAME, Math.floor(columns * NAME_SHARE)));
}

/**
 * One line of at most `columns` cells: name, bar, share, speed, time left. What there is no room for is left out,
 * by the line's width alone, so that lines below each other stay in columns.
 */
export function paceLine(name: string, width: number, pace: Pace, columns: number): string {
  const label = cutInTheMiddle(name, Math.min(width, columns));
  const speed = (pace.speed === null ? '' : speedText(pace.speed)).padStart(5);
  const share = shareText(pace).padStart(5);
  const left = timeLeftText(pace).padStart(12);
  const tails = [`${share} ${speed} ${left}`, `${share} ${left}`, share];
  const room = (tail: string) => columns - width - 2 - cellWidth(tail);
  const tail = tails.find((candidate) => room(candidate) >= SHORTEST_BAR);
  if (tail === undefined) return cutInTheMiddle(`${share} ${name}`, columns);
  const cellsInBar = Math.min(LONGEST_BAR, room(tail));
  const filled = Math.floor(pace.share * cellsInBar);
  const bar = `${'━'.repeat(filled)}${'╌'.repeat(cellsInBar - filled)}`;
  return `${label}${' '.repeat(Math.max(0, width - cellWidth(label)))} ${bar} ${tail}`;
}

/** The beginning and the end of a text, which in file names say most. @param room in cells. */
export function cutInTheMiddle(text: string, room: number): string {
  if (cellWidth(text) <= room) return text;
  const all = cells(text);
  const take = (from: typeof all, budget: number) => {
    let used = 0;
    const count = from.findIndex((cell) => {
      used += cell.width;
      return used > budget;
    });
    return from.slice(0, Math.max(0, count)).map((cell) => cell.text);
  };
  const tail = take([...all].reverse(), Math.floor((room - 1) / 2)).reverse();
  const head = take(all, Math.ceil((room - 1) / 2));
  return `${head.join('')}…${tail.join('')}`;
}
