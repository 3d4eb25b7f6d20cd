import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** One measured value with all that is needed to measure it again. */
export interface Row {
  readonly measure: string;
  readonly value: number | null;
  readonly unit: string;
  /** In words, as in the project's goals. */
  readonly goal: string;
  /** Whether the goal is met; `null` where there is none or nothing was measured. */
  readonly met: boolean | null;
  readonly command: string;
  readonly model: string;
  readonly machine: string;
  readonly sample: string;
  /** What a reader must know to judge the value. */
  readonly note?: string;
}

/** A row as a measure gives it; the rest is the same for a whole run. */
export type Measured = Omit<Row, 'command' | 'model' | 'machine'>;

/** Writes all rows and where they come from. */
export function writeResults(file: string, rows: readonly Row[]): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ measuredAt: new Date().toISOString(), rows }, null, 2)}\n`);
}

/** A table for people: measure, value, goal, whether it is met, sample. */
export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.met === null ? ' ' : row.met ? '✓' : '✗',
    row.measure,
    row.value === null ? '–' : `${formatValue(row.value)} ${row.unit}`.trim(),
    row.goal,
    row.sample,
    row.note ?? '',
  ]);
  const head = ['', 'measure', 'value', 'goal', 'sample', 'note'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => (row[column] as string).length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...cells.map(line)].join('\n');
}

function formatValue(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
