import { createHash } from 'node:crypto';
import { appendFile, open, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { z } from 'zod';
import { SurtitleError } from '../foundation/errors.ts';
import { normalizeWord } from '../recognition/text-units.ts';
import { isWriterAlive, thisWriter, type WriterIdentity } from '../transcript/journal-writer-identity.ts';
import type { DecodedChunk } from './transcribe-audio.ts';
import { writingTo } from './writing.ts';

/**
 * Version of everything that decides what a chunk's text is: planning, decoding, this format. A file of another
 * version is started over, since going on from it could give another text than one uninterrupted run.
 */
const VERSION = 1;

/**
 * Another machine (a shared folder; a container that is gone has a name of its own too) is taken to have given up when
 * it added nothing for so long.
 */
const OTHER_HOST_SILENCE_MS = 300_000;

const headerSchema = z.object({
  type: z.literal('transcription'),
  version: z.literal(VERSION),
  /** Hash of the recording, the model and the options. */
  of: z.string(),
});
const openedSchema = z.object({
  type: z.literal('opened'),
  pid: z.int().positive(),
  host: z.string(),
  process_start: z.string().optional(),
});
const unitSchema = z.object({
  leading: z.string(),
  word: z.string(),
  trailing: z.string(),
  startMs: z.number(),
  endMs: z.number(),
  probability: z.number(),
});
const chunkSchema = z.object({
  type: z.literal('chunk'),
  end: z.int().nonnegative(),
  endsInSpeech: z.boolean(),
  language: z.string(),
  units: z.array(unitSchema),
});

/** What has been transcribed of one recording, kept on disk while it is under way. */
export interface ProgressFile {
  /** Chunks of an earlier run, in order. */
  readonly decoded: readonly DecodedChunk[];
  /** Adds a chunk. @throws {SurtitleError} `output_unwritable`. */
  append(chunk: DecodedChunk): Promise<void>;
  /** Deletes the file: the transcript is written. */
  remove(): Promise<void>;
}

/**
 * Opens the progress of a transcription, or begins it. The file is JSON lines, so that a kill loses one chunk at
 * most; a torn last line is cut off. It holds transcript text: only its owner can read it.
 *
 * @param identity everything that the text depends on; progress of anything else is started over.
 * @throws {SurtitleError} `in_progress` where another process is at it; `output_unwritable`.
 */
export async function openProgressFile(file: string, identity: unknown): Promise<ProgressFile> {
  const of = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
  const earlier = await readProgress(file, of);
  if (earlier?.owner && isAtWork(file, earlier.owner, earlier.modifiedAtMs)) {
    const { pid, host } = earlier.owner;
    throw new SurtitleError(
      'in_progress',
      `Another process (${pid} on ${host}) is transcribing this recording. Wait for it, or end it and delete ${file}.`,
    );
  }
  const add = (line: object) => writingTo(file, () => appendFile(file, `${JSON.stringify(line)}\n`));
  if (earlier?.isSame) await writingTo(file, () => truncate(file, earlier.bytes));
  else {
    const header: z.infer<typeof headerSchema> = { type: 'transcription', version: VERSION, of };
    await writingTo(file, () => writeFile(file, `${JSON.stringify(header)}\n`, { mode: 0o600 }));
  }
  await add({ type: 'opened', ...thisWriter() });
  return {
    decoded: earlier?.isSame ? earlier.decoded : [],
    append: ({ end, endsInSpeech, language, units }) =>
      add({
        type: 'chunk',
        end,
        endsInSpeech,
        language,
        units: units.map(({ normalized: _folded, ...unit }) => unit),
      }),
    remove: () => rm(file, { force: true }),
  };
}

/** Deletes what a run left behind that was killed after its last output was written. */
export async function removeLeftProgress(file: string): Promise<void> {
  const earlier = await readProgress(file, '').catch(() => null);
  if (earlier && !(earlier.owner && isAtWork(file, earlier.owner, earlier.modifiedAtMs))) {
    await rm(file, { force: true });
  }
}

/**
 * A hash of a recording that changes when the recording does: of its size, its time and its first and last bytes. Cheap
 * also where the file is many gigabytes.
 * @throws {SurtitleError} `input_not_found`, `input_unreadable`.
 */
export async function fingerprintRecording(file: string): Promise<string> {
  const edge = 65_536;
  try {
    const handle = await open(file);
    try {
      const { size, mtimeMs } = await handle.stat();
      const hash = createHash('sha256').update(`${size} ${mtimeMs}`);
      for (const position of [0, Math.max(0, size - edge)]) {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(edge), 0, edge, position);
        hash.update(buffer.subarray(0, bytesRead));
      }
      return hash.digest('hex');
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new SurtitleError(
      missing ? 'input_not_found' : 'input_unreadable',
      missing
        ? `${file} is not there (any more). Check its name.`
        : `${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)}). Check its permissions.`,
      { cause },
    );
  }
}

interface EarlierProgress {
  /** Of the same recording, model and options. */
  readonly isSame: boolean;
  readonly decoded: DecodedChunk[];
  readonly owner: WriterIdentity | null;
  /** Length of the part that is whole. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedAtMs: number;
}

/** @returns null where there is nothing to go on from. */
async function readProgress(file: string, of: string): Promise<EarlierProgress | null> {
  const found = await readWithTime(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw new SurtitleError(
      'input_unreadable',
      `${file} cannot be read (${cause.code ?? cause.message}). Delete it to start this recording over.`,
      { cause },
    );
  });
  if (found === null) return null;
  const { text, modifiedAtMs } = found;
  const decoded: DecodedChunk[] = [];
  let isSame = false;
  let owner: WriterIdentity | null = null;
  let bytes = 0;
  for (const [index, line] of completeLines(text).entries()) {
    const record = parseLine(line);
    if (index === 0) {
      const header = headerSchema.safeParse(record);
      if (!header.success) return null;
      isSame = header.data.of === of;
    } else if (openedSchema.safeParse(record).success) {
      owner = openedSchema.parse(record);
    } else {
      const chunk = chunkSchema.safeParse(record);
      // What follows damage cannot be relied on.
      if (!chunk.success) break;
      const { end, endsInSpeech, language } = chunk.data;
      const units = chunk.data.units.map((unit) => ({ ...unit, normalized: normalizeWord(unit.word) }));
      decoded.push({ end, endsInSpeech, language, units });
    }
    bytes += Buffer.byteLength(line) + 1;
  }
  return bytes === 0 ? null : { isSame, decoded, owner, bytes, modifiedAtMs };
}

async function readWithTime(file: string): Promise<{ text: string; modifiedAtMs: number }> {
  const handle = await open(file);
  try {
    const { mtimeMs: modifiedAtMs } = await handle.stat();
    return { text: await handle.readFile('utf8'), modifiedAtMs };
  } finally {
    await handle.close();
  }
}

function completeLines(text: string): string[] {
  return text.split('\n').slice(0, -1);
}

/** @returns undefined for what is no JSON: no schema accepts it. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Whether someone else is transcribing the recording right now. */
function isAtWork(file: string, owner: WriterIdentity, modifiedAtMs: number): boolean {
  if (owner.host !== os.hostname()) return Date.now() - modifiedAtMs < OTHER_HOST_SILENCE_MS;
  return isWriterAlive(file, owner, modifiedAtMs, Date.now());
}
