import { cellWidth } from '../../core/foundation/text-width.ts';
import type { Colors } from '../terminal/caption-view.ts';

/** A column of a table of models. */
export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Columns with higher numbers go first where the terminal is narrow; 0 stays. */
  readonly expendable: number;
}

export interface Row {
  readonly cells: readonly string[];
  /** Pointed at, as the one to take. */
  readonly marked: boolean;
}

const MARK = '★ ';
const GAP = '  ';

/** Lays a table out in lines of at most `columns` cells, leaving out empty columns and what there is no room for. */
export function layOutTable(
  header: readonly Column[],
  rows: readonly Row[],
  columns: number,
  colors: Colors,
): string[] {
  const shown = fittingColumns(header, rows, columns);
  const widths = shown.map((index) => columnWidth(header, rows, index));
  const line = (texts: readonly string[]): string =>
    shown
      .map((index, position) => {
        const text = texts[index] ?? '';
        const padding = ' '.repeat(Math.max(0, (widths[position] ?? 0) - cellWidth(text)));
        return header[index]?.align === 'right' ? padding + text : text + padding;
      })
      .join(GAP)
      .trimEnd();
  return [
    colors.dim(' '.repeat(cellWidth(MARK)) + line(header.map(({ title }) => title))),
    ...rows.map(({ cells, marked }) =>
      marked ? colors.green(MARK + line(cells)) : ' '.repeat(cellWidth(MARK)) + line(cells),
    ),
  ];
}

function fittingColumns(header: readonly Column[], rows: readonly Row[], columns: number): number[] {
  let shown = header
    .map((_, index) => index)
    .filter((index) => rows.some(({ cells }) => (cells[index] ?? '') !== ''));
  const width = (): number =>
    shown.reduce((sum, index) => sum + columnWidth(header, rows, index) + GAP.length, 0) -
    GAP.length +
    cellWidth(MARK);
  while (width() > columns) {
    const least = Math.max(...shown.map((index) => header[index]?.expendable ?? 0));
    if (least === 0) break;
    shown = shown.filter((index) => header[index]?.expendable !== least);
  }
  return shown;
}

function columnWidth(header: readonly Column[], rows: readonly Row[], index: number): number {
  const texts = [header[index]?.title ?? '', ...rows.map(({ cells }) => cells[index] ?? '')];
  return Math.max(...texts.map(cellWidth));
}
