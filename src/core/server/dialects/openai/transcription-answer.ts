import { deflateSync } from 'node:zlib';
import { joinsWithSpace, joinTexts } from '../../../foundation/script-spacing.ts';
import { cleanText, isUnspaced } from '../../../transcript/exports/clean-text.ts';
import { exportTranscript } from '../../../transcript/exports/export-transcript.ts';
import type { Transcript, TranscriptSegment } from '../../../transcript/transcript.ts';
import { languageName } from './language-names.ts';
import type { Granularity, ResponseFormat } from './transcription-request.ts';

/** A transcript as it goes over HTTP. */
export interface TranscriptionAnswer {
  readonly contentType: string;
  readonly body: string;
}

/** Words that were certain still have a finite logarithm, and so have those that were not at all. */
const LEAST_PROBABILITY = 1e-4;

export interface FinishedTranscription {
  readonly transcript: Transcript;
  /** What was wrong with the recording but could be read over, as sentences for people. */
  readonly warnings: readonly string[];
}

/** A transcript in one of OpenAI's response formats. */
export function formatTranscription(
  { transcript, warnings }: FinishedTranscription,
  format: ResponseFormat,
  granularities: ReadonlySet<Granularity>,
): TranscriptionAnswer {
  switch (format) {
    case 'json':
      return json({ text: textOf(transcript), usage: usageOf(transcript) });
    case 'verbose_json':
      return json({
        ...verboseJson(transcript, granularities),
        ...(warnings.length > 0 ? { warnings } : {}),
      });
    case 'text':
      return plain(`${textOf(transcript)}\n`);
    case 'srt':
      return plain(exportTranscript(transcript, 'srt'));
    case 'vtt':
      return { contentType: 'text/vtt; charset=utf-8', body: exportTranscript(transcript, 'vtt') };
  }
}

function json(body: object): TranscriptionAnswer {
  return { contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(body)}\n` };
}

function plain(body: string): TranscriptionAnswer {
  return { contentType: 'text/plain; charset=utf-8', body };
}

/** All of it, on one line. */
function textOf({ segments }: Transcript): string {
  return joinTexts(segments.map(({ text }) => cleanText(text)).filter((text) => text !== ''));
}

/** As for OpenAI's models that are paid by the length of the recording, in whole seconds. */
function usageOf({ durationMs }: Transcript): object {
  return { type: 'duration', seconds: Math.ceil(durationMs / 1_000) };
}

function verboseJson(transcript: Transcript, granularities: ReadonlySet<Granularity>): object {
  const { language, durationMs, segments } = transcript;
  return {
    task: 'transcribe',
    language: languageName(language),
    duration: durationMs / 1_000,
    text: textOf(transcript),
    ...(granularities.has('segment') ? { segments: segmentsJson(segments) } : {}),
    ...(granularities.has('word') ? { words: segments.flatMap(wordsJson) } : {}),
    usage: usageOf(transcript),
  };
}

function segmentsJson(segments: readonly TranscriptSegment[]): object[] {
  let before = '';
  return segments.map((segment, id) => {
    const text = cleanText(segment.text);
    // As Whisper writes it: the space belongs to the text behind it, so that texts can be put together as they are.
    const spaced = before === '' ? !isUnspaced(text.slice(0, 1)) : joinsWithSpace(before, text);
    before = text;
    return {
      id,
      // No seeking through windows of 30 s, no token numbers and no sampling here; and what was no speech is left out.
      seek: 0,
      start: segment.startMs / 1_000,
      end: segment.endMs / 1_000,
      text: spaced ? ` ${text}` : text,
      tokens: [],
      temperature: 0,
      avg_logprob: averageLogProbability(segment),
      compression_ratio: compressionRatio(text),
      no_speech_prob: 0,
    };
  });
}

function wordsJson({ words }: TranscriptSegment): object[] {
  return (words ?? []).map(({ text, startMs, endMs }) => ({
    word: cleanText(text),
    start: startMs / 1_000,
    end: endMs / 1_000,
  }));
}

/** Mean of the logarithms of the words' probabilities, which stand for those of the tokens. */
function averageLogProbability({ words, confidence }: TranscriptSegment): number {
  const probabilities = words?.length ? words.map((word) => word.confidence) : [confidence];
  const logarithms = probabilities.map((probability) =>
    Math.log(Math.min(1, Math.max(LEAST_PROBABILITY, probability))),
  );
  return rounded(logarithms.reduce((sum, value) => sum + value, 0) / logarithms.length);
}

/** Source: openai/whisper, `compression_ratio` in `whisper/utils.py`. */
function compressionRatio(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  return rounded(bytes.length / deflateSync(bytes).length);
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
