import { stat } from 'node:fs/promises';
import { type Clock, systemClock } from '../../foundation/clock.ts';
import { describeError, SurtitleError } from '../../foundation/errors.ts';
import { type Logger, silentLogger } from '../../foundation/logger.ts';
import { AudioFileError } from '../audio-file-error.ts';
import { openFfmpegAudio } from './ffmpeg/ffmpeg-audio.ts';
import { ffmpegAdvice, findFfmpeg } from './ffmpeg/find-ffmpeg.ts';
import { inputError } from './input-error.ts';
import type { MediaAudio } from './media-audio.ts';
import type { ForeignFile } from './open-reader.ts';
import { openThreadAudio } from './worker/thread-audio.ts';

/** Silence packs a thousand times smaller than it plays; nothing anyone records is longer. */
const DEFAULT_MAX_DURATION_MS = 24 * 3_600_000;
/** Two seconds of audio never take this long, however slow the disk. */
const STALL_MS = 60_000;

export interface OpenMediaFileOptions {
  /** Path of the `ffmpeg` to use; `null`: use none. Default: the one on the search path, if there is one. */
  readonly ffmpeg?: string | null;
  /** Milliseconds of audio. Default: 24 hours. */
  readonly maxDurationMs?: number;
  /** Size of the file. Default: any. */
  readonly maxBytes?: number;
  /** Stops reading; whoever waits gets its reason. */
  readonly signal?: AbortSignal;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

/**
 * Opens an audio or video file, whatever it is called, and starts to decode it: WAV, MP3, M4A/MP4/MOV, AAC, FLAC, Ogg
 * (Vorbis, Opus, FLAC) and WebM/Matroska in a thread of their own, anything else with the user's `ffmpeg`. Close it.
 *
 * @throws {SurtitleError} `input_not_found`, `input_unreadable`.
 * @throws {AudioFileError} any of its codes; the same may come from the iteration.
 */
export async function openMediaFile(path: string, options: OpenMediaFileOptions = {}): Promise<MediaAudio> {
  options.signal?.throwIfAborted();
  await checkFile(path, options.maxBytes ?? Number.POSITIVE_INFINITY);
  const common = {
    path,
    maxDurationMs: options.maxDurationMs ?? DEFAULT_MAX_DURATION_MS,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
    signal: options.signal,
    stallMs: STALL_MS,
  };
  const opened = await openThreadAudio(common);
  if (!('demuxer' in opened)) return opened;
  const ffmpeg = options.ffmpeg === undefined ? findFfmpeg() : options.ffmpeg;
  if (ffmpeg === null) throw ffmpegMissing(opened);
  return openFfmpegAudio({ ...common, ffmpeg, demuxer: opened.demuxer });
}

async function checkFile(path: string, maxBytes: number): Promise<void> {
  const status = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw inputError(path, error.code ?? null, describeError(error));
  });
  if (status.isDirectory()) {
    throw new SurtitleError('input_unreadable', `${path} is a folder. Give the files in it.`);
  }
  if (!status.isFile()) {
    throw new SurtitleError('input_unreadable', `${path} is not a file. Save the recording to a file first.`);
  }
  if (status.size > maxBytes) {
    throw new AudioFileError(
      'audio_file_too_large',
      `The file is ${megabytes(status.size)} MB large; ${megabytes(maxBytes)} MB are allowed. Compress it, or cut it into shorter ones.`,
    );
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0);
}

function ffmpegMissing({ demuxer, reason }: ForeignFile): AudioFileError {
  if (demuxer === null) {
    return new AudioFileError(
      'audio_file_unsupported',
      `This is not a format that Surtitle reads by itself, if it is a recording at all. With ffmpeg more can be read. ${ffmpegAdvice()}`,
    );
  }
  const what = reason ?? `This is a file of the format ${demuxer}, which Surtitle does not read by itself.`;
  return new AudioFileError('ffmpeg_missing', `${what} ${ffmpegAdvice()}`);
}
