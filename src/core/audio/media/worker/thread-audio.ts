import { Worker } from 'node:worker_threads';
import type { Clock } from '../../../foundation/clock.ts';
import type { SurtitleError } from '../../../foundation/errors.ts';
import type { Logger } from '../../../foundation/logger.ts';
import { AudioFileError } from '../../audio-file-error.ts';
import { inputError } from '../input-error.ts';
import type { ForeignFile } from '../open-reader.ts';
import { QueuedAudio } from '../queued-audio.ts';
import { decodeThreadEntry } from './entry.ts';
import type { DecodeCommand, DecodeFailure, DecodeReport, DecodeTask } from './messages.ts';

/** Pieces of two seconds that the thread may be ahead. */
const PIECES_AHEAD = 4;
/** For JavaScript's own objects; the tables of a day of audio need a third of it. */
const HEAP_MB = 256;

export interface ThreadAudioOptions extends DecodeTask {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
  /** How long the thread may take for one piece. */
  readonly stallMs: number;
  /** Path of the thread's JavaScript. Default: {@link decodeThreadEntry}. */
  readonly entry?: string | undefined;
}

/**
 * Starts a thread that decodes the file.
 * @returns its audio, or what the file is where it is not read here.
 * @throws {AudioFileError}
 * @throws {SurtitleError} `input_not_found`, `input_unreadable`.
 */
export async function openThreadAudio(options: ThreadAudioOptions): Promise<QueuedAudio | ForeignFile> {
  const { path, maxDurationMs, logger } = options;
  const worker = new Worker(options.entry ?? decodeThreadEntry(), {
    workerData: { path, maxDurationMs } satisfies DecodeTask,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  const allow = (pieces: number) => worker.postMessage({ type: 'more', pieces } satisfies DecodeCommand);
  const audio = new QueuedAudio({
    ...options,
    onTaken: () => allow(1),
    onClose: async () => {
      await worker.terminate();
    },
  });
  let crash: Error | null = null;
  worker.on('error', (error) => {
    logger.warn('The audio decoder crashed.', { error: error.message });
    crash = error;
  });
  // Not as soon as it crashed: pieces that it had sent may still be on their way, and are here by now.
  worker.on('exit', () => audio.fail(crashed(crash)));
  allow(PIECES_AHEAD);
  const foreign = await audio.wait<ForeignFile | null>((opened) => {
    worker.on('message', (report: DecodeReport) => {
      if (report.type === 'opened') opened(null);
      else if (report.type === 'foreign') opened({ demuxer: report.demuxer, reason: report.reason });
      take(report, audio, path);
    });
  });
  if (!foreign) return audio;
  await audio.close();
  return foreign;
}

function take(report: DecodeReport, audio: QueuedAudio, path: string): void {
  switch (report.type) {
    case 'opened':
      audio.describe(report.format, report.durationMs);
      break;
    case 'foreign':
      break;
    case 'piece':
      audio.push(report.samples, report.readShare);
      break;
    case 'warning':
      audio.warn(report.sentence);
      break;
    case 'end':
      audio.end();
      break;
    case 'failed':
      audio.fail(errorOf(report.error, path));
      break;
  }
}

function errorOf(failure: DecodeFailure, path: string): SurtitleError {
  switch (failure.kind) {
    case 'audio':
      return new AudioFileError(failure.code, failure.message);
    case 'system':
      return inputError(path, failure.code, failure.message);
    case 'defect':
      return new AudioFileError(
        'audio_decoder_failed',
        `The audio decoder failed (${failure.message}). The file may be damaged; try another copy, or convert it with ffmpeg.`,
      );
  }
}

function crashed(error: (Error & { code?: string }) | null): AudioFileError {
  const reason =
    error?.code === 'ERR_WORKER_OUT_OF_MEMORY'
      ? 'needed too much memory'
      : 'stopped in the middle of its work';
  return new AudioFileError(
    'audio_decoder_failed',
    `The audio decoder ${reason}. The file is probably damaged; try another copy, or convert it with ffmpeg.`,
    { cause: error },
  );
}
