import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import type { AudioFormat } from '../../core/protocol/encodings.ts';
import { looksLikeWav, readWavHeader } from './wav-header.ts';

/** Audio as it arrives: its format, then its bytes in whatever pieces they come. */
export interface AudioInput {
  readonly format: AudioFormat;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens a WAV file.
 * @throws {SurtitleError} `input_not_found`, `input_unreadable`, `not_audio`, `unsupported_audio`.
 */
export async function openWavFile(file: string): Promise<AudioInput> {
  try {
    const handle = await open(file, 'r');
    const isFile = (await handle.stat()).isFile();
    await handle.close();
    if (!isFile) throw new SurtitleError('input_unreadable', `${file} is not a file.`);
  } catch (error) {
    if (error instanceof SurtitleError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new SurtitleError('input_not_found', `There is no file ${file}.`, { cause: error });
    }
    throw new SurtitleError('input_unreadable', `${file} cannot be read (${describeError(error)}).`, {
      cause: error,
    });
  }
  try {
    const input = await readAudio(createReadStream(file));
    if (input) return input;
  } catch (error) {
    if (!(error instanceof SurtitleError)) throw error;
    throw new SurtitleError(error.code, `${file}: ${error.message}`, { cause: error });
  }
  throw new SurtitleError(
    'not_audio',
    `${file} is not a WAV file. Convert it first: ffmpeg -i ${file} -ar 16000 -ac 1 -c:a pcm_s16le talk.wav`,
  );
}

/**
 * Audio from a stream: WAV where it begins like one, else raw audio in the given format.
 * @throws {SurtitleError} `not_audio`, `unsupported_audio`.
 */
export async function openAudioStream(stream: Readable, rawFormat: AudioFormat): Promise<AudioInput> {
  return (await readAudio(stream, rawFormat)) as AudioInput;
}

/** @returns `null` where it is no WAV and there is no `rawFormat` to take it as. */
async function readAudio(stream: Readable, rawFormat?: AudioFormat): Promise<AudioInput | null> {
  const reader = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head: Uint8Array = new Uint8Array();
  let ended = false;
  const readMore = async (): Promise<void> => {
    const next = await reader.next();
    if (next.done === true) ended = true;
    else head = Buffer.concat([head, next.value]);
  };

  while (head.length < 12 && !ended) await readMore();
  if (!looksLikeWav(head)) {
    if (rawFormat) return { format: rawFormat, chunks: rest(head, reader) };
    stream.destroy();
    return null;
  }
  let header = readWavHeader(head);
  while (!header && !ended) {
    await readMore();
    header = readWavHeader(head);
  }
  if (!header) throw new SurtitleError('not_audio', 'The WAV file ends before its audio.');
  const body = rest(head.subarray(header.dataOffset), reader);
  return { format: header.format, chunks: header.dataBytes === null ? body : take(body, header.dataBytes) };
}

async function* rest(head: Uint8Array, reader: AsyncIterator<Buffer>): AsyncGenerator<Uint8Array> {
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
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}
