import type { TranscriptLine } from '../stores/transcript-lines.ts';

/** A piece of a line: what was looked for, or what is between. */
export interface TextPiece {
  readonly text: string;
  readonly found: boolean;
}

/** Indices of the lines in which the query occurs, whatever the case; none for an empty query. */
export function matchingLines(lines: readonly TranscriptLine[], query: string): readonly number[] {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === '') return [];
  return lines.flatMap((line, index) =>
    line.kind === 'text' && line.text.toLocaleLowerCase().includes(wanted) ? [index] : [],
  );
}

/** Cuts a line at what was looked for. */
export function piecesOf(text: string, query: string): readonly TextPiece[] {
  const wanted = query.trim().toLocaleLowerCase();
  const lower = text.toLocaleLowerCase();
  // Where lower case has another length, positions do not fit (as with the Turkish İ): the line is shown unmarked.
  if (wanted === '' || lower.length !== text.length) return [{ text, found: false }];
  const pieces: TextPiece[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), found: false });
    from = at + wanted.length;
    pieces.push({ text: text.slice(at, from), found: true });
  }
  if (from < text.length) pieces.push({ text: text.slice(from), found: false });
  return pieces;
}
