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
 * @param ranges in order; none is empty.
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
  const matches: TextRange[] = [];
  for (const { start, end } of pieces) {
    if (start > 0) snippet += snippet === '' ? ELLIPSIS : ' ';
    const offset = snippet.length - start;
    snippet += text.slice(start, end);
    for (const range of ranges) {
      if (range.start >= start && range.end <= end) {
        matches.push({ start: range.start + offset, end: range.end + offset });
      }
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
