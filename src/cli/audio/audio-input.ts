import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AudioFileError } from '../../core/audio/audio-file-error.ts';
import { convertWavSamples, wavEncoding } from '../../core/audio/wav.ts';
import { type WavHeader, WavHeaderParser, wavSampleBytes } from '../../core/audio/wav-header.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import type { AudioFormat } from '../../core/protocol/encodings.ts';

/** Audio as it arrives: its format, then its bytes in whatever pieces they come. */
export interface AudioInput {
  readonly format: AudioFormat;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** What sessions accept, in Hz. */
const LOWEST_RATE = 8000;
const HIGHEST_RATE = 48_000;

/** A stream that begins like this is a WAV stream. */
const WAV_MAGICS: readonly string[] = ['RIFF', 'RF64', 'RIFX'];

/**
 * Opens a WAV file.
 * @throws {SurtitleError} `input_not_found`, `input_unreadable`.
 * @throws {AudioFileError} `audio_file_invalid`, `audio_file_unsupported`.
 */
export async function openWavFile(file: string): Promise<AudioInput> {
  await requireReadable(file);
  const stream = createReadStream(file);
  try {
    return await readWavStream(stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>);
  } catch (error) {
    stream.destroy();
    if (!(error instanceof AudioFileError)) throw error;
    const hint =
      error.code === 'audio_file_invalid'
        ? ` Other formats than WAV are converted with: ffmpeg -i ${file} -ar 16000 -ac 1 talk.wav`
        : '';
    throw new AudioFileError(error.code, `${file}: ${error.message}${hint}`, { cause: error });
  }
}

/**
 * Audio from a stream: WAV where it begins like one, else raw audio in the given format.
 * @throws {AudioFileError} `audio_file_invalid`, `audio_file_unsupported`.
 */
export async function openAudioStream(stream: Readable, rawFormat: AudioFormat): Promise<AudioInput> {
  const reader = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await reader.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const isWav = WAV_MAGICS.includes(head.toString('latin1', 0, 4));
  const all = rest(head, reader);
  return isWav ? readWavStream(all) : { format: rawFormat, chunks: all };
}

async function requireReadable(file: string): Promise<void> {
  try {
    if ((await stat(file)).isFile()) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new SurtitleError('input_not_found', `There is no file ${file}. Check its name.`, {
        cause: error,
      });
    }
    throw new SurtitleError('input_unreadable', `${file} cannot be read (${describeError(error)}).`, {
      cause: error,
    });
  }
  throw new SurtitleError('input_unreadable', `${file} is not a file. Give a WAV file, or - for stdin.`);
}

async function readWavStream(reader: AsyncIterator<Uint8Array>): Promise<AudioInput> {
  const parser = new WavHeaderParser();
  for (;;) {
    const next = await reader.next();
    if (next.done === true) return parser.end();
    const start = parser.push(next.value);
    if (start) {
      const body = take(rest(start.audio, reader), start.header.dataLength ?? Number.POSITIVE_INFINITY);
      return { format: sessionFormat(start.header), chunks: inSessionEncoding(body, start.header) };
    }
  }
}

function sessionFormat({ sampleFormat, sampleRate, channels }: WavHeader): AudioFormat {
  if (sampleRate < LOWEST_RATE || sampleRate > HIGHEST_RATE) {
    throw new AudioFileError(
      'audio_file_unsupported',
      `This file has ${sampleRate} samples a second; ${LOWEST_RATE} to ${HIGHEST_RATE} can be sent. Convert it first, for example: ffmpeg -i input.wav -ar 16000 -ac 1 -c:a pcm_s16le output.wav`,
    );
  }
  return { encoding: wavEncoding(sampleFormat), sampleRate, channels };
}

/** Converts samples that sessions do not accept, keeping those that were cut for the next chunk. */
async function* inSessionEncoding(
  chunks: AsyncIterable<Uint8Array>,
  { sampleFormat }: WavHeader,
): AsyncGenerator<Uint8Array> {
  const sampleBytes = wavSampleBytes(sampleFormat);
  let cut: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const bytes = cut.length === 0 ? chunk : Buffer.concat([cut, chunk]);
    const whole = bytes.length - (bytes.length % sampleBytes);
    cut = bytes.slice(whole);
    yield convertWavSamples(bytes.subarray(0, whole), sampleFormat);
  }
}

async function* rest(head: Uint8Array, reader: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  if (head.length > 0) yield head;
  for (;;) {
    const next = await reader.next();
    if (next.done === true) return;
    yield next.value;
  }
}

/** What follows the samples in a WAV file (titles, artwork) is not audio. */
async function* take(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let left = limit;
  for await (const chunk of chunks) {
    yield chunk.length <= left ? chunk : chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}
