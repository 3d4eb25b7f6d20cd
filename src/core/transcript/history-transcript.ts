import type { HistoryEntry } from './history-entry.ts';
import type { FinalLine, SessionLine } from './journal-lines.ts';
import type { Transcript, TranscriptSegment } from './transcript.ts';

/** What a session is called whose language nobody knows (ISO 639-2: undetermined). */
const UNDETERMINED = 'und';

/** A session's finals as finished text. */
export function transcriptOf(
  entry: HistoryEntry,
  finals: readonly FinalLine[],
  header: SessionLine | null,
): Transcript {
  return {
    title: entry.title,
    language: languageOf(finals, header),
    durationMs: entry.durationMs,
    model: entry.model,
    createdAt: entry.startedAt,
    segments: finals.map(segmentOf),
  };
}

function segmentOf({ text, start_ms, end_ms, language, confidence, words }: FinalLine): TranscriptSegment {
  const segment = { startMs: start_ms, endMs: end_ms, text, language, confidence };
  if (words === undefined) return segment;
  return {
    ...segment,
    words: words.map((word) => ({
      text: word.text,
      startMs: word.start_ms,
      endMs: word.end_ms,
      confidence: word.confidence,
    })),
  };
}

/** The language most of the text is in. */
function languageOf(finals: readonly FinalLine[], header: SessionLine | null): string {
  const characters = new Map<string, number>();
  for (const { language, text } of finals) {
    characters.set(language, (characters.get(language) ?? 0) + text.length);
  }
  const [most] = [...characters].sort(([, a], [, b]) => b - a);
  if (most) return most[0];
  return header === null || header.language === 'auto' ? UNDETERMINED : header.language;
}
