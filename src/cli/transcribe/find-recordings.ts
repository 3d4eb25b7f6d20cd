import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { BatchInput } from '../../core/batch/output-files.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import { EXPORT_FORMATS } from '../../core/transcript/exports/export-transcript.ts';
import { isNamedLikeMedia } from './media-extensions.ts';
import { recordingsIn } from './recordings-in.ts';

/** An argument, or a part of one, that gave no recording. */
export interface InputProblem {
  /** As it was given. */
  readonly input: string;
  readonly error: SurtitleError;
}

export interface FoundRecordings {
  /** In the order of the arguments, none twice. */
  readonly recordings: readonly BatchInput[];
  readonly problems: readonly InputProblem[];
}

/**
 * What files, folders and patterns stand for. Files are taken whatever they are called; folders and patterns give
 * those called like recordings. A transcript that lies beside its recording (`*` gives both) is passed over.
 *
 * @throws {SurtitleError} `usage` for `-`.
 */
export async function findRecordings(names: readonly string[]): Promise<FoundRecordings> {
  if (names.includes('-')) {
    throw new SurtitleError(
      'usage',
      'Standard input cannot be transcribed: an interrupted run could not go on. Save the recording to a file first, or use: surtitle stream -',
    );
  }
  const recordings: BatchInput[] = [];
  const problems: InputProblem[] = [];
  for (const name of names) {
    const found = await resolve(name);
    recordings.push(...found.recordings);
    problems.push(...found.problems);
  }
  return { recordings: withoutTranscripts(await onlyOnce(recordings)), problems };
}

/** The system's names for what is not there: Windows takes no wildcards in a name. */
const NOT_THERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EINVAL']);

async function resolve(name: string): Promise<FoundRecordings> {
  let status: Awaited<ReturnType<typeof stat>> | null = null;
  try {
    status = await stat(name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Files may be called like patterns, so it is one only where there is no such file.
    if (!NOT_THERE.has(code ?? '')) return failed(name, unreadable(name, error));
  }
  if (status?.isDirectory()) return fromFolder(name);
  if (status) return { recordings: [{ file: name, folder: '' }], problems: [] };
  if (isDynamicPattern(name)) return fromPattern(name);
  return failed(
    name,
    new SurtitleError('input_not_found', `There is no file or folder ${name}. Check its name.`),
  );
}

async function fromFolder(folder: string): Promise<FoundRecordings> {
  const contents = await recordingsIn(folder);
  const problems = contents.problems.map((problem) => ({
    input: path.join(folder, problem.folder),
    error: problem.error,
  }));
  if (contents.recordings.length === 0 && problems.length === 0) {
    return failed(
      folder,
      noAudio(
        `There are no recordings in the folder ${folder}, by the names of its files. Name files one by one to have them tried whatever they are called.`,
      ),
    );
  }
  return { recordings: contents.recordings.map((file) => below(folder, file)), problems };
}

async function fromPattern(pattern: string): Promise<FoundRecordings> {
  // On Windows people write patterns with the separators of paths.
  const portable = path.sep === '\\' ? pattern.replaceAll('\\', '/') : pattern;
  const root = fixedPart(portable);
  const matches = await glob(portable.slice(root.length), { cwd: root || '.', expandDirectories: false });
  const asksForExtension = /\.[\p{L}\p{N}]+$/u.test(portable);
  const files = matches.filter((file) => asksForExtension || isNamedLikeMedia(file));
  if (files.length === 0) {
    return failed(pattern, noAudio(`No recording matches ${pattern}. Check the pattern and the folder.`));
  }
  files.sort(new Intl.Collator('en', { numeric: true }).compare);
  return { recordings: files.map((file) => below(root, file)), problems: [] };
}

/** The folders before the first part with a wildcard, with the slash behind them. */
function fixedPart(pattern: string): string {
  const parts = pattern.split('/');
  const first = parts.slice(0, -1).findIndex((part) => isDynamicPattern(part));
  const fixed = parts.slice(0, first < 0 ? -1 : first);
  return fixed.length === 0 ? '' : `${fixed.join('/')}/`;
}

function below(root: string, file: string): BatchInput {
  const { dir } = path.parse(file);
  return { file: path.join(root, file), folder: dir };
}

/** Whatever way a file is named: by another path, through a link, in other letters on a file system that ignores case. */
async function onlyOnce(recordings: readonly BatchInput[]): Promise<BatchInput[]> {
  const seen = new Set<string>();
  const once: BatchInput[] = [];
  for (const recording of recordings) {
    const file = await realpath(recording.file).catch(() => path.resolve(recording.file));
    if (seen.has(file)) continue;
    seen.add(file);
    once.push(recording);
  }
  return once;
}

/** `talk.srt` and `talk.mp3.txt` where `talk.mp3` is there too: not by its bytes, since those may be anything. */
function withoutTranscripts(recordings: readonly BatchInput[]): BatchInput[] {
  const isTranscript = (file: string) =>
    EXPORT_FORMATS.some((format) => file.toLowerCase().endsWith(`.${format}`));
  const bases = new Set(
    recordings
      .map(({ file }) => path.resolve(file))
      .filter((file) => !isTranscript(file))
      .flatMap((file) => [file, withoutExtension(file)]),
  );
  return recordings.filter(
    ({ file }) => !isTranscript(file) || !bases.has(withoutExtension(path.resolve(file))),
  );
}

function withoutExtension(file: string): string {
  return file.slice(0, file.length - path.extname(file).length);
}

function failed(input: string, error: SurtitleError): FoundRecordings {
  return { recordings: [], problems: [{ input, error }] };
}

function noAudio(message: string): SurtitleError {
  return new SurtitleError('no_audio_found', message);
}

function unreadable(name: string, cause: unknown): SurtitleError {
  const { code } = cause as NodeJS.ErrnoException;
  return new SurtitleError(
    'input_unreadable',
    `${name} cannot be read (${code ?? describeError(cause)}). Check its permissions.`,
    { cause },
  );
}
