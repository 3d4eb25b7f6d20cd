import { InvalidArgumentError } from 'commander';
import { EXPORT_FORMATS, type ExportFormat } from '../../core/transcript/exports/export-transcript.ts';
import type { GlobalOptions } from '../options.ts';

export interface TranscribeOptions extends GlobalOptions {
  /** `auto` or a language tag. */
  readonly language: string;
  /** Into English. */
  readonly translate: boolean;
  readonly model: string | undefined;
  /** Word times in JSON. */
  readonly words: boolean;
  readonly prompt: string | undefined;
  /** Terms with commas between them, or `@FILE`. */
  readonly vocabulary: string | undefined;
  /** Without it, files get {@link DEFAULT_FORMATS} and standard output gets text. */
  readonly format: readonly ExportFormat[] | undefined;
  readonly outputDir: string | undefined;
  readonly force: boolean;
  /** Print one transcript instead of writing files. */
  readonly stdout: boolean;
  readonly json: boolean;
  /** Of one decode. */
  readonly threads: number | undefined;
  /** Decodes at the same time. */
  readonly jobs: number | undefined;
  readonly gpu: boolean;
}

/** Subtitles that every player and editor opens, and text that everybody reads. */
export const DEFAULT_FORMATS: readonly ExportFormat[] = ['srt', 'txt'];

/** Names of formats with commas between them; none twice. */
export function exportFormats(text: string): ExportFormat[] {
  const formats = text.split(',').map((part) => {
    const name = part.trim().toLowerCase();
    const format = EXPORT_FORMATS.find((known) => known === name);
    if (format) return format;
    throw new InvalidArgumentError(`It must be one or several of ${EXPORT_FORMATS.join(', ')}.`);
  });
  return [...new Set(formats)];
}
