import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import { z } from 'zod';
import { isWriterAlive, thisWriter, type WriterIdentity } from '../files/writer-identity.ts';
import { SurtitleError } from '../foundation/errors.ts';
import { normalizeWord } from '../recognition/text-units.ts';
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
/** One line for chunks that belong together: they are there all or not at all, wherever a kill tears the file. */
const chunksSchema = z.object({
  type: z.literal('chunks'),
  chunks: z.array(
    z.object({
      end: z.int().nonnegative(),
      endsInSpeech: z.boolean(),
      language: z.string(),
      units: z.array(unitSchema),
    }),
  ),
});

/** What has been transcribed of one recording, kept on disk while it is under way. */
export interface ProgressFile {
  /** Chunks of an earlier run, in order. */
  readonly decoded: readonly DecodedChunk[];
  /**
   * Adds chunks that belong together. In a file that somebody deleted meanwhile nothing is kept any more.
   * @throws {SurtitleError} `output_unwritable`; `in_progress` where another process has taken over.
   */
  append(chunks: readonly DecodedChunk[]): Promise<void>;
  /** Lets go of the file, which stays. */
  close(): Promise<void>;
}

/**
 * Opens the progress of a transcription, or begins it. The file is JSON lines, so that a kill loses no more than the
 * last; a torn last line is left out. It holds transcript text: only its owner can read it.
 *
 * Of several processes that open it at the same time one gets it. Each that takes over puts a new file in its place, so
 * that nobody can add to what another works on, whatever a process was taken for.
 *
 * @param identity everything that the text depends on; progress of anything else is started over.
 * @throws {SurtitleError} `in_progress` where another process is at it; `output_unwritable`.
 */
export async function openProgressFile(file: string, identity: unknown): Promise<ProgressFile> {
  const of = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
  const { handle, successor } = await openSuccessor(file);
  try {
    const earlier = await readProgress(file, of);
    if (earlier?.owner && isAtWork(file, earlier.owner, earlier.modifiedAtMs)) {
      throw inProgress(file, `Another process (${earlier.owner.pid} on ${earlier.owner.host})`);
    }
    const going = earlier?.isSame === true ? earlier : null;
    const header: z.infer<typeof headerSchema> = { type: 'transcription', version: VERSION, of };
    const kept = going ? going.whole : lineOf(header);
    await writingTo(file, async () => {
      await handle.writeFile(kept + lineOf({ type: 'opened', ...thisWriter() }));
      await rename(successor, file);
    });
    return new OpenProgress(file, handle, going?.decoded ?? []);
  } catch (error) {
    await handle.close();
    await rm(successor, { force: true });
    throw error;
  }
}

class OpenProgress implements ProgressFile {
  readonly decoded: readonly DecodedChunk[];
  readonly #file: string;
  readonly #handle: FileHandle;

  constructor(file: string, handle: FileHandle, decoded: readonly DecodedChunk[]) {
    this.#file = file;
    this.#handle = handle;
    this.decoded = decoded;
  }

  async append(chunks: readonly DecodedChunk[]): Promise<void> {
    if ((await this.#handle.stat()).nlink === 0) return this.#whenGone();
    const withoutFolded = chunks.map(({ units, ...chunk }) => ({
      ...chunk,
      units: units.map(({ normalized: _folded, ...unit }) => unit),
    }));
    await writingTo(this.#file, () =>
      this.#handle.writeFile(lineOf({ type: 'chunks', chunks: withoutFolded })),
    );
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #whenGone(): Promise<void> {
    const another = await stat(this.#file).catch(() => null);
    if (another) throw inProgress(this.#file, 'Another process');
  }
}

/** A successor that nobody has finished for so long was left behind by a kill. */
const SUCCESSOR_MS = 10_000;

/** Begins the file that takes the progress's place. As long as it is there, nobody else can. */
async function openSuccessor(file: string): Promise<{ handle: FileHandle; successor: string }> {
  const successor = `${file}.next`;
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL;
  const found = await stat(successor).catch(() => null);
  // Also where the clock was set back.
  if (found && Math.abs(Date.now() - found.mtimeMs) > SUCCESSOR_MS) await rm(successor, { force: true });
  const handle = await writingTo(file, () =>
    open(successor, flags, 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return null;
      throw error;
    }),
  );
  if (handle === null) throw inProgress(file, 'Another process');
  return { handle, successor };
}

function inProgress(file: string, who: string): SurtitleError {
  return new SurtitleError(
    'in_progress',
    `${who} is transcribing this recording. Wait for it, or end it and delete ${file}.`,
  );
}

/**
 * Deletes progress that nobody needs any more, its transcript being written, unless another process is at it. What
 * cannot be deleted stays: it is in nobody's way, and the transcript is there.
 */
export async function removeLeftProgress(file: string): Promise<void> {
  const earlier = await readProgress(file, '').catch(() => null);
  if (earlier && !(earlier.owner && isAtWork(file, earlier.owner, earlier.modifiedAtMs))) {
    await rm(file, { force: true }).catch(() => undefined);
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
  /** The part that can be relied on. */
  readonly whole: string;
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
  let whole = '';
  for (const [index, line] of completeLines(text).entries()) {
    const record = parseLine(line);
    if (index === 0) {
      const header = headerSchema.safeParse(record);
      if (!header.success) return null;
      isSame = header.data.of === of;
    } else if (openedSchema.safeParse(record).success) {
      owner = openedSchema.parse(record);
    } else {
      const together = chunksSchema.safeParse(record);
      // What follows damage cannot be relied on.
      if (!together.success) break;
      for (const { units, ...chunk } of together.data.chunks) {
        const folded = units.map((unit) => ({ ...unit, normalized: normalizeWord(unit.word) }));
        decoded.push({ ...chunk, units: folded });
      }
    }
    whole += `${line}\n`;
  }
  return whole === '' ? null : { isSame, decoded, owner, whole, modifiedAtMs };
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

function lineOf(record: object): string {
  return `${JSON.stringify(record)}\n`;
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
