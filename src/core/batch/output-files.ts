import { existsSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { SurtitleError } from '../foundation/errors.ts';
import {
  EXPORT_FORMATS,
  type ExportFormat,
  exportTranscript,
} from '../transcript/exports/export-transcript.ts';
import type { Transcript } from '../transcript/transcript.ts';
import { writingTo } from './writing.ts';

/** Where a recording's transcript goes, in every format asked for. */
export interface OutputPlan {
  readonly input: string;
  readonly outputs: readonly { readonly format: ExportFormat; readonly file: string }[];
  /** Kept beside them while the transcription is under way. */
  readonly progressFile: string;
}

/** A recording, and where it lies below the folder that was asked for. */
export interface BatchInput {
  readonly file: string;
  /** Sub-folder to keep below the output folder; empty for files named one by one. */
  readonly folder: string;
}

/**
 * Names the outputs: `talk.mp3` becomes `talk.srt` beside it or in `outputFolder`. Recordings that would share a name keep
 * their extension (`talk.mp3.srt`, `talk.wav.srt`), and so do those that are called like an output.
 *
 * @throws {SurtitleError} `usage` where two recordings would still share one.
 */
export function planOutputs(
  inputs: readonly BatchInput[],
  formats: readonly ExportFormat[],
  outputFolder: string | undefined,
): OutputPlan[] {
  const folderOf = ({ file, folder }: BatchInput) =>
    outputFolder === undefined ? path.dirname(file) : path.join(outputFolder, folder);
  const shortBase = (input: BatchInput) => path.join(folderOf(input), path.parse(input.file).name);
  const taken = countBy(inputs.map(shortBase));
  const bases = inputs.map((input) =>
    taken.get(shortBase(input)) === 1 && !isNamedLikeOutput(input.file)
      ? shortBase(input)
      : path.join(folderOf(input), path.basename(input.file)),
  );
  const clash = [...countBy(bases)].find(([, count]) => count > 1);
  if (clash) {
    throw new SurtitleError(
      'usage',
      `Several recordings would be written to ${clash[0]}.*. Transcribe their folder as a whole, or one after the other into folders of their own.`,
    );
  }
  return inputs.map(({ file }, index) => {
    const base = bases[index] as string;
    return {
      input: file,
      outputs: formats.map((format) => ({ format, file: `${base}.${format}` })),
      progressFile: `${base}.surtitle-progress`,
    };
  });
}

/** An output must never take the place of the recording. */
function isNamedLikeOutput(file: string): boolean {
  const extension = path.extname(file).slice(1).toLowerCase();
  return EXPORT_FORMATS.some((format) => format === extension);
}

/** Whether all of it has been written. */
export function isDone(plan: OutputPlan): boolean {
  return plan.outputs.every(({ file }) => isWritten(file));
}

/** A folder of that name is no transcript: writing it will fail and say so. */
function isWritten(file: string): boolean {
  return existsSync(file) && statSync(file, { throwIfNoEntry: false })?.isDirectory() === false;
}

/**
 * Writes a transcript in every format of its plan, each whole or not at all.
 * @param overwrite whether to replace what is there; otherwise it is kept: someone may have corrected it.
 * @throws {SurtitleError} `output_unwritable`.
 */
export async function writeOutputs(
  plan: OutputPlan,
  transcript: Transcript,
  options: { readonly overwrite: boolean; readonly words: boolean },
): Promise<void> {
  for (const { format, file } of plan.outputs) {
    if (!options.overwrite && isWritten(file)) continue;
    await writeWhole(file, exportTranscript(transcript, format, { words: options.words }));
  }
}

/** Makes the folder a plan's files go to. @throws {SurtitleError} `output_unwritable`. */
export async function makeOutputFolder(plan: OutputPlan): Promise<void> {
  await writingTo(plan.progressFile, async () => {
    await mkdir(path.dirname(plan.progressFile), { recursive: true });
  });
}

async function writeWhole(file: string, text: string): Promise<void> {
  // Always the same name: what a kill leaves behind is replaced by the next run.
  const unfinished = `${file}.surtitle-unfinished`;
  await writingTo(file, async () => {
    try {
      const handle = await open(unfinished, 'w');
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, file);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  });
}

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
