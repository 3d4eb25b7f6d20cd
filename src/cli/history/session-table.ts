import { cells, cellWidth } from '../../core/foundation/text-width.ts';
import type { HistoryEntry } from '../../core/transcript/history-entry.ts';
import { type Colors, formatTime } from '../terminal/caption-view.ts';
import { printable } from '../terminal/cell-width.ts';

const GAP = '  ';
const LEAST_TITLE = 12;

/**
 * Sessions as a table, each on one line.
 * @param columns width to keep to; `undefined` where there is no terminal, and nothing is cut.
 */
export function sessionTable(
  entries: readonly HistoryEntry[],
  columns: number | undefined,
  colors: Colors,
): string {
  const rows = entries.map((entry) => ({
    cells: [entry.id, localTime(entry.startedAt), lengthOf(entry), wordsOf(entry)] as const,
    title: titleText(entry),
  }));
  const heads = ['ID', 'STARTED', 'LENGTH', 'WORDS'] as const;
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row.cells[column] ?? '').length)),
  );
  const used = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(LEAST_TITLE, columns - 1 - used);
  const line = (texts: readonly string[], title: string): string => {
    const padded = texts.map((text, column) =>
      column < 2 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0),
    );
    return [...padded, fitTo(title, room)].join(GAP);
  };
  return [colors.dim(line(heads, 'TITLE')), ...rows.map((row) => line(row.cells, row.title))]
    .map((text) => `${text}\n`)
    .join('');
}

/** `2026-01-31 15:04` where the user is. */
export function localTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The beginning of a text that fits, and an ellipsis where it is not all. @param room in cells. */
export function fitTo(text: string, room: number): string {
  if (cellWidth(text) <= room) return text;
  let fitting = '';
  let used = 1;
  for (const cell of cells(text)) {
    used += cell.width;
    if (used > room) break;
    fitting += cell.text;
  }
  return `${fitting.trimEnd()}…`;
}

function lengthOf(entry: HistoryEntry): string {
  if (entry.state === 'live') return 'live';
  return entry.state === 'newer' ? '-' : formatTime(entry.durationMs).trim();
}

function wordsOf(entry: HistoryEntry): string {
  return entry.state === 'newer' ? '-' : String(entry.words);
}

function titleText(entry: HistoryEntry): string {
  return entry.state === 'newer' ? '(needs a newer Surtitle)' : printable(entry.title);
}
