import { z } from 'zod';
import { SurtitleError } from '../../foundation/errors.ts';
import type { Transcript, TranscriptSegment, TranscriptWord } from '../transcript.ts';

/** Counts up when a reader of the version before would misread a file; new fields alone do not change it. */
const JSON_TRANSCRIPT_VERSION = 1;

const timeMs = z.number();
const confidence = z.number();

const wordSchema = z.object({ text: z.string(), start_ms: timeMs, end_ms: timeMs, confidence });

const segmentSchema = z.object({
  start_ms: timeMs,
  end_ms: timeMs,
  text: z.string(),
  language: z.string(),
  confidence,
  words: z.array(wordSchema).optional(),
});

const transcriptSchema = z.object({
  title: z.string(),
  language: z.string(),
  duration_ms: timeMs,
  model: z.string(),
  created_at: z.string(),
  segments: z.array(segmentSchema),
});

/** A file that is no transcript of ours. `code`: `not_json`, `not_a_transcript` or `unsupported_version`. */
export class TranscriptFormatError extends SurtitleError {}

/**
 * A transcript as JSON, a segment a line, so that a long one can be searched and compared by line. Numbers that
 * JSON cannot hold become 0.
 *
 * @param withWords whether word times are written where the transcript has some.
 */
export function writeJson(transcript: Transcript, withWords: boolean): string {
  const head = {
    version: JSON_TRANSCRIPT_VERSION,
    title: transcript.title,
    language: transcript.language,
    duration_ms: finite(transcript.durationMs),
    model: transcript.model,
    created_at: transcript.createdAt,
  };
  const fields = Object.entries(head).map(([name, value]) => `  "${name}": ${JSON.stringify(value)}`);
  const segments = transcript.segments.map(
    (segment) => `    ${JSON.stringify(segmentJson(segment, withWords))}`,
  );
  const list = segments.length === 0 ? '[]' : `[\n${segments.join(',\n')}\n  ]`;
  return `{\n${[...fields, `  "segments": ${list}`].join(',\n')}\n}\n`;
}

/**
 * Reads what {@link writeJson} wrote. Fields it does not know are ignored.
 * @throws {TranscriptFormatError}
 */
export function parseJsonTranscript(text: string): Transcript {
  const version = versionOf(parsed(text));
  if (version.number !== JSON_TRANSCRIPT_VERSION) {
    throw new TranscriptFormatError(
      'unsupported_version',
      `This transcript is of version ${version.number}, and only version ${JSON_TRANSCRIPT_VERSION} can be read. Update Surtitle, or export it again.`,
    );
  }
  const result = transcriptSchema.safeParse(version.file);
  if (!result.success) throw new TranscriptFormatError('not_a_transcript', describeIssue(result.error));
  const { duration_ms, created_at, segments, ...rest } = result.data;
  return { ...rest, durationMs: duration_ms, createdAt: created_at, segments: segments.map(toSegment) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/u, ''));
  } catch (error) {
    throw new TranscriptFormatError(
      'not_json',
      'This file is not JSON. Only transcripts that Surtitle exported as JSON can be read.',
      { cause: error },
    );
  }
}

function versionOf(file: unknown): { number: number; file: unknown } {
  const result = z.object({ version: z.number() }).safeParse(file);
  if (result.success) return { number: result.data.version, file };
  throw new TranscriptFormatError(
    'not_a_transcript',
    'This JSON has no "version", so it is no transcript of Surtitle. Only transcripts that Surtitle exported as JSON can be read.',
  );
}

function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  const place = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  return `This transcript is damaged${place}: ${issue?.message ?? 'not readable'}. Export it again.`;
}

function segmentJson(segment: TranscriptSegment, withWords: boolean): z.input<typeof segmentSchema> {
  return {
    start_ms: finite(segment.startMs),
    end_ms: finite(segment.endMs),
    text: segment.text,
    language: segment.language,
    confidence: finite(segment.confidence),
    ...(withWords && segment.words ? { words: segment.words.map(wordJson) } : {}),
  };
}

function wordJson(word: TranscriptWord): z.input<typeof wordSchema> {
  return {
    text: word.text,
    start_ms: finite(word.startMs),
    end_ms: finite(word.endMs),
    confidence: finite(word.confidence),
  };
}

function toSegment({ start_ms, end_ms, words, ...rest }: z.output<typeof segmentSchema>): TranscriptSegment {
  const times = { startMs: start_ms, endMs: end_ms };
  return { ...rest, ...times, ...(words ? { words: words.map(toWord) } : {}) };
}

function toWord({ start_ms, end_ms, ...rest }: z.output<typeof wordSchema>): TranscriptWord {
  return { ...rest, startMs: start_ms, endMs: end_ms };
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
