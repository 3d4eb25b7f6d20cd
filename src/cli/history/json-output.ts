import type { HistoryMatch } from '../../core/transcript/history.ts';
import type { HistoryEntry } from '../../core/transcript/history-entry.ts';

/** A session for programs; names as in every JSON of Surtitle. */
export function entryJson(entry: HistoryEntry): object {
  return {
    id: entry.id,
    title: entry.title,
    started_at: entry.startedAt,
    duration_ms: entry.durationMs,
    segments: entry.segments,
    words: entry.words,
    source: entry.source,
    model: entry.model,
    state: entry.state,
  };
}

/** What was found in a session, for programs. */
export function matchJson({ entry, hits }: HistoryMatch): object {
  return {
    session: entryJson(entry),
    hits: hits.map(({ segment, startMs, snippet }) => ({
      segment,
      start_ms: startMs,
      snippet: snippet.text,
      matches: snippet.matches,
    })),
  };
}
