import type { Transcript } from '../transcript.ts';
import { layoutCaptions } from './caption-layout.ts';
import { writeJson } from './json.ts';
import { writeMarkdown } from './markdown.ts';
import { writePlainText } from './plain-text.ts';
import { writeSrt } from './srt.ts';
import { writeWebVtt } from './webvtt.ts';

/** Formats a transcript can be exported to; each is also the file name's extension. */
export const EXPORT_FORMATS = ['srt', 'vtt', 'txt', 'md', 'json'] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  /** Word times in JSON, where the transcript has some. Default true. */
  readonly words?: boolean;
}

/**
 * The content of an exported file, to be written as UTF-8 without a byte order mark. What each format holds is
 * in docs/exports.md. Never fails on a transcript, whatever its text and times.
 */
export function exportTranscript(
  transcript: Transcript,
  format: ExportFormat,
  options: ExportOptions = {},
): string {
  switch (format) {
    case 'srt':
      return writeSrt(layoutCaptions(transcript.segments));
    case 'vtt':
      return writeWebVtt(layoutCaptions(transcript.segments));
    case 'txt':
      return writePlainText(transcript);
    case 'md':
      return writeMarkdown(transcript);
    case 'json':
      return writeJson(transcript, options.words ?? true);
  }
}
