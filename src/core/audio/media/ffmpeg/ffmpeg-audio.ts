import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve as absolutePath } from 'node:path';
import type { Readable } from 'node:stream';
import type { Clock } from '../../../foundation/clock.ts';
import type { Logger } from '../../../foundation/logger.ts';
import { AudioFileError } from '../../audio-file-error.ts';
import { decodePcm } from '../../pcm.ts';
import { tooLong } from '../decode-pieces.ts';
import type { MediaAudio } from '../media-audio.ts';
import { QueuedAudio } from '../queued-audio.ts';
import { SELF_CONTAINED_DEMUXERS } from './demuxers.ts';
import { FfmpegLog } from './ffmpeg-log.ts';

/** Two seconds of 16-bit mono at 16 kHz. */
const PIECE_BYTES = 64_000;
const BYTES_PER_MS = 32;
/** Pieces kept before reading stops; then the full pipe stops ffmpeg. */
const PIECES_AHEAD = 4;
/** What a program may need of the environment to start. `FFREPORT` would make it write files. */
const ENVIRONMENT = ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'SystemRoot', 'TEMP', 'TMP', 'LANG'];

export interface FfmpegAudioOptions {
  readonly path: string;
  /** Path of the program. */
  readonly ffmpeg: string;
  /** What it must take the file for; `null` where it may judge by itself. */
  readonly demuxer: string | null;
  readonly maxDurationMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
  /** How long it may take for one piece. */
  readonly stallMs: number;
}

/**
 * Reads a file's audio with `ffmpeg`, which sees that file and may open nothing else: no address, no playlist, no
 * format that refers to other files.
 * @throws {AudioFileError}
 */
export async function openFfmpegAudio(options: FfmpegAudioOptions): Promise<MediaAudio> {
  const { ffmpeg, logger, maxDurationMs } = options;
  const child = spawn(ffmpeg, ffmpegArguments(options), {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: tmpdir(),
    env: Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]])),
    windowsHide: true,
  });
  const exited = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  const room = new Room(PIECES_AHEAD);
  const audio = new QueuedAudio({
    ...options,
    onTaken: () => room.leave(),
    onClose: async () => {
      child.kill('SIGKILL');
      room.leave();
      child.stdout.destroy();
      child.stderr.destroy();
      await exited;
    },
  });
  const log = new FfmpegLog(child.stderr);
  child.once('error', (error) => audio.fail(notStarted(ffmpeg, error)));
  await audio.wait<void>((opened) => {
    const deliver = async () => {
      let readMs = 0;
      for await (const bytes of pieces(child.stdout)) {
        await room.enter();
        readMs += bytes.length / BYTES_PER_MS;
        if (readMs > maxDurationMs) return audio.fail(tooLong(maxDurationMs));
        audio.describe('ffmpeg', log.durationMs);
        audio.push(decodePcm(bytes, 'pcm_s16le', 1), Math.min(1, readMs / (log.durationMs ?? Infinity)));
        opened();
      }
      const code = await exited;
      logger.debug('ffmpeg has ended.', { code, readMs });
      if (readMs === 0) return audio.fail(log.failure());
      for (const sentence of log.warnings(code)) audio.warn(sentence);
      audio.end();
    };
    // The stream fails only when it is closed early, and then nobody listens.
    deliver().catch((error: unknown) => audio.fail(error));
  });
  return audio;
}

function ffmpegArguments({ path, demuxer }: FfmpegAudioOptions): string[] {
  const format = demuxer === null ? [] : ['-f', demuxer];
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'level+info'],
    ...['-protocol_whitelist', 'file,pipe', '-format_whitelist', SELF_CONTAINED_DEMUXERS.join(',')],
    // `file:` keeps a name like `concat:a|b` or `-i` from being anything but a name.
    ...[...format, '-i', `file:${absolutePath(path)}`],
    ...['-map', '0:a:0', '-vn', '-sn', '-dn', '-ac', '1', '-ar', '16000'],
    // 16 bits rather than floats: only then does ffmpeg's own mix never exceed the loudest channel.
    ...['-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:1'],
  ];
}

/** The stream in pieces of {@link PIECE_BYTES}, the last one shorter. */
async function* pieces(stream: Readable): AsyncGenerator<Uint8Array> {
  let gathered: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    gathered.push(chunk);
    length += chunk.length;
    if (length < PIECE_BYTES) continue;
    const joined = Buffer.concat(gathered);
    const whole = length - (length % PIECE_BYTES);
    for (let start = 0; start < whole; start += PIECE_BYTES)
      yield joined.subarray(start, start + PIECE_BYTES);
    gathered = [joined.subarray(whole)];
    length -= whole;
  }
  if (length > 1) yield Buffer.concat(gathered).subarray(0, length - (length % 2));
}

/** Room for so many; who finds none waits. */
class Room {
  #free: number;
  #wake: () => void = () => {};

  constructor(places: number) {
    this.#free = places;
  }

  async enter(): Promise<void> {
    while (this.#free === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#free--;
  }

  leave(): void {
    this.#free++;
    this.#wake();
  }
}

function notStarted(ffmpeg: string, error: Error): AudioFileError {
  return new AudioFileError(
    'ffmpeg_missing',
    `ffmpeg could not be started from ${ffmpeg} (${error.message}). Check its path, or install it anew.`,
    { cause: error },
  );
}
