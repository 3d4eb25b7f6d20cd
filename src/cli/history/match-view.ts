import type { HistoryMatch } from '../../core/transcript/history.ts';
import type { Snippet } from '../../core/transcript/history-snippet.ts';
import { type Colors, formatTime } from '../terminal/caption-view.ts';
import { printable, wrap } from '../terminal/cell-width.ts';
import { fitTo, localTime } from './session-table.ts';

const MOST_HITS = 5;
const INDENT = '  ';
/** Stands where a match begins and where it ends while the text is broken into lines; no text has it. */
const MATCH_EDGE = '\u0001';

/** A session in which something was found, with the first places. */
export function matchText({ entry, hits }: HistoryMatch, columns: number, colors: Colors): string {
  const about = `${entry.id}  ${localTime(entry.startedAt)}  `;
  const title = fitTo(printable(entry.title), Math.max(1, columns - 1 - about.length));
  const lines = [`${colors.dim(about)}${colors.bold(title)}`];
  for (const hit of hits.slice(0, MOST_HITS))
    lines.push(...hitLines(hit.startMs, hit.snippet, columns, colors));
  if (hits.length > MOST_HITS) lines.push(colors.dim(`${INDENT}and ${hits.length - MOST_HITS} more places`));
  return lines.map((line) => `${line}\n`).join('');
}

function hitLines(startMs: number, snippet: Snippet, columns: number, colors: Colors): string[] {
  const stamp = `${INDENT}${formatTime(startMs)}  `;
  // The marks have no width.
  const lines = wrap(marked(snippet), columns - 1 - stamp.length);
  let inMatch = false;
  return lines.map((line, index) => {
    let painted = '';
    // A match may begin on one line and end on the next.
    for (const [nth, part] of line.split(MATCH_EDGE).entries()) {
      if (nth > 0) inMatch = !inMatch;
      painted += inMatch ? colors.bold(part) : part;
    }
    return (index === 0 ? colors.dim(stamp) : ' '.repeat(stamp.length)) + painted;
  });
}

function marked({ text, matches }: Snippet): string {
  let result = '';
  let at = 0;
  for (const { start, end } of matches) {
    result += printable(text.slice(at, start)) + MATCH_EDGE + printable(text.slice(start, end)) + MATCH_EDGE;
    at = end;
  }
  return result + printable(text.slice(at));
}
