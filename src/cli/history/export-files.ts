import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import {
  EXPORT_FORMATS,
  type ExportFormat,
  exportTranscript,
} from '../../core/transcript/exports/export-transcript.ts';
import type { Transcript } from '../../core/transcript/transcript.ts';
import { writeAdvice } from '../write-advice.ts';
import type { HistoryExportOptions } from './history-request.ts';

const DEFAULT_FORMAT: ExportFormat = 'txt';

/** Where an export goes: to a file for each format, or, without files, to standard output. */
export interface ExportPlan {
  readonly formats: readonly ExportFormat[];
  /** As many as there are formats, or none. */
  readonly files: readonly string[];
}

/**
 * What the options ask for.
 * @param name the files' name in a folder, without extension.
 * @throws {SurtitleError} `usage`.
 */
export function planExport({ format, output, outputDir }: HistoryExportOptions, name: string): ExportPlan {
  if (output !== undefined && outputDir !== undefined)
    throw usage('Give --output or --output-dir, not both.');
  const formats = format === undefined ? [formatOfFile(output)] : parseFormats(format);
  if (outputDir !== undefined) {
    return { formats, files: formats.map((extension) => path.join(outputDir, `${name}.${extension}`)) };
  }
  if (formats.length > 1) {
    throw usage(
      'Several formats need several files: say in which folder with --output-dir, as in --output-dir .',
    );
  }
  return { formats, files: output === undefined ? [] : [output] };
}

/**
 * Writes the files of a plan.
 * @param force replaces files that are there.
 * @throws {SurtitleError} `output_exists`, before anything is written; `output_unwritable`.
 */
export async function writeExport(transcript: Transcript, plan: ExportPlan, force: boolean): Promise<void> {
  const existing = force ? [] : await filesThere(plan.files);
  if (existing.length > 0) {
    throw new SurtitleError(
      'output_exists',
      `${existing.join(', ')} ${existing.length === 1 ? 'is' : 'are'} there already. Add --force to replace what is there.`,
    );
  }
  for (const [index, file] of plan.files.entries()) {
    try {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, exportTranscript(transcript, plan.formats[index] ?? DEFAULT_FORMAT));
    } catch (error) {
      throw new SurtitleError(
        'output_unwritable',
        `${file} cannot be written (${describeError(error)}). ${writeAdvice(error)}`,
        { cause: error },
      );
    }
  }
}

function formatOfFile(file: string | undefined): ExportFormat {
  if (file === undefined) return DEFAULT_FORMAT;
  const extension = path.extname(file).slice(1).toLowerCase();
  const format = EXPORT_FORMATS.find((known) => known === extension);
  if (format) return format;
  throw usage(
    `Which format ${file} shall have is not clear from its name: say so with --format, as in --format srt.`,
  );
}

function parseFormats(names: string): ExportFormat[] {
  const formats = names.split(',').map((name) => {
    const format = EXPORT_FORMATS.find((known) => known === name.trim().toLowerCase());
    if (format) return format;
    throw usage(`There is no format ${JSON.stringify(name.trim())}. There are ${EXPORT_FORMATS.join(', ')}.`);
  });
  return [...new Set(formats)];
}

async function filesThere(files: readonly string[]): Promise<string[]> {
  const there = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files.filter((_file, index) => there[index]);
}

function usage(message: string): SurtitleError {
  return new SurtitleError('usage', message);
}
