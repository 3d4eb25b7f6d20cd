import path from 'node:path';
import type { Clock } from '../../core/foundation/clock.ts';
import { Journal, type JournalFinal } from '../../core/transcript/journal.ts';
import type { Transcript, TranscriptSegment } from '../../core/transcript/transcript.ts';

export interface KeepTranscriptOptions {
  /** Folder of the history. */
  readonly folder: string;
  /** Name of the recording. */
  readonly fileName: string;
  readonly clock: Clock;
  readonly now: () => Date;
}

/** Puts a recording's transcript into the history. @returns its session’s id; `null` where it could not be kept whole. */
export async function keepTranscript(
  transcript: Transcript,
  { folder, fileName, clock, now }: KeepTranscriptOptions,
): Promise<string | null> {
  const journal = new Journal({
    folder,
    session: {
      source: fileName,
      title: path.parse(fileName).name,
      model: transcript.model,
      language: transcript.language,
      startedAt: now(),
    },
    clock,
    now,
    // Whether all of it is there is what the journal's end tells.
    onEvent: () => undefined,
  });
  // Not one after the other: what waits is written at once.
  await Promise.all(transcript.segments.map((segment) => journal.append(finalOf(segment))));
  const { id, lost } = await journal.close(transcript.durationMs);
  return lost === 0 ? id : null;
}

function finalOf({ text, startMs, endMs, language, confidence, words }: TranscriptSegment): JournalFinal {
  return {
    text,
    start_ms: Math.round(startMs),
    end_ms: Math.round(endMs),
    language,
    confidence,
    ...(words === undefined
      ? {}
      : {
          words: words.map((word) => ({
            text: word.text,
            start_ms: Math.round(word.startMs),
            end_ms: Math.round(word.endMs),
            confidence: word.confidence,
          })),
        }),
  };
}
