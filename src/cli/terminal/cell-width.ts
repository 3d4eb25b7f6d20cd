import { cells, cellWidth } from '../../core/foundation/text-width.ts';

/**
 * What comes from a server is never obeyed by the terminal: control characters (escape sequences begin
 * with one) become spaces, and marks that reorder text on screen are dropped.
 */
export function printable(text: string): string {
  return text.replace(/[\u202a-\u202e\u2066-\u2069]/gu, '').replace(/\p{Cc}+/gu, ' ');
}

/**
 * Breaks text at spaces into lines of at most `width` cells; words longer than a line are cut.
 *
 * @param width at least 2, the widest single character.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  const breakLine = (): void => {
    lines.push(line);
    line = '';
    used = 0;
  };
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const wordWidth = cellWidth(word);
    if (used > 0 && used + 1 + wordWidth > width) breakLine();
    if (used > 0) {
      line += ' ';
      used++;
    }
    for (const cell of cells(word)) {
      if (used + cell.width > width) breakLine();
      line += cell.text;
      used += cell.width;
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}
