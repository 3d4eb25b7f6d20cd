const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Scripts and symbols a terminal draws two cells wide (Unicode East Asian Width W and F, and emoji). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

const ZERO = /^[\p{M}\p{Cf}\p{Cc}]+$/u;

/** A character as a person sees it, with the terminal cells it fills. */
export interface Cell {
  readonly text: string;
  /** 0, 1 or 2. */
  readonly width: number;
}

/** Splits text into what the cursor moves over. */
export function cells(text: string): Cell[] {
  return Array.from(graphemes.segment(text), ({ segment }) => ({
    text: segment,
    width: ZERO.test(segment) ? 0 : WIDE.test(segment) || segment.includes('\ufe0f') ? 2 : 1,
  }));
}

/** Terminal cells that `text` fills. Holds for text without escape sequences. */
export function cellWidth(text: string): number {
  return cells(text).reduce((sum, cell) => sum + cell.width, 0);
}

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
