/** A stretch of a text; positions count UTF-16 units, as strings do. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** An excerpt that can be shown. */
export interface Snippet {
  readonly text: string;
  /** What was looked for, in `text`, in order. */
  readonly matches: readonly TextRange[];
}

const CONTEXT_CHARACTERS = 40;
const ELLIPSIS = '…';

/**
 * Cuts the text around `ranges` out of a longer one, at spaces where there are any near.
 * @param ranges in order of their starts; those that overlap become one match.
 */
export function snippetAround(text: string, ranges: readonly TextRange[]): Snippet {
  const pieces: { start: number; end: number }[] = [];
  for (const range of ranges) {
    const start = wordStart(text, range.start);
    const end = wordEnd(text, range.end);
    const last = pieces.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else pieces.push({ start, end });
  }
  let snippet = '';
  const matches: { start: number; end: number }[] = [];
  for (const { start, end } of pieces) {
    if (start > 0) snippet += snippet === '' ? ELLIPSIS : ' ';
    const offset = snippet.length - start;
    snippet += text.slice(start, end);
    for (const range of ranges) {
      if (range.start < start || range.end > end) continue;
      const match = { start: range.start + offset, end: range.end + offset };
      const last = matches.at(-1);
      if (last && match.start < last.end) last.end = Math.max(last.end, match.end);
      else matches.push(match);
    }
    if (end < text.length) snippet += ELLIPSIS;
  }
  return { text: snippet, matches };
}

/** Goes back by the context, to the start of a word there. */
function wordStart(text: string, from: number): number {
  const earliest = from - CONTEXT_CHARACTERS;
  if (earliest <= 0) return 0;
  const space = text.indexOf(' ', earliest - 1);
  return space >= 0 && space < from ? space + 1 : outsidePair(text, earliest);
}

function wordEnd(text: string, from: number): number {
  const latest = from + CONTEXT_CHARACTERS;
  if (latest >= text.length) return text.length;
  const space = text.lastIndexOf(' ', latest);
  return space >= from ? space : outsidePair(text, latest);
}

/** No character is cut in two. */
function outsidePair(text: string, position: number): number {
  const unit = text.charCodeAt(position);
  return unit >= 0xdc00 && unit <= 0xdfff ? position + 1 : position;
}
