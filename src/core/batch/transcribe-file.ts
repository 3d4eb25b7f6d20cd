import path from 'node:path';
import type { MediaAudio } from '../audio/media/media-audio.ts';
import type { DecodeLane } from '../engine/engine.ts';
import type { RecognitionObserver } from '../recognition/recognizer-types.ts';
import { SAMPLES_PER_MS, type StretchVoiceActivity } from '../recognition/voice-activity.ts';
import type { Transcript } from '../transcript/transcript.ts';
import type { ChunkPlanner } from './chunk-planner.ts';
import {
  fingerprintRecording,
  openProgressFile,
  type ProgressFile,
  removeLeftProgress,
} from './progress-file.ts';
import { type TranscriptionOptions, transcribeAudio } from './transcribe-audio.ts';

export interface FileProgress {
  /** Of the recording, in milliseconds. */
  readonly doneMs: number;
  /** Of the recording, 0 to 1. */
  readonly share: number;
}

export interface FileTranscriptionOptions extends TranscriptionOptions {
  /** Where progress is kept, so that an interrupted run can go on; nowhere by default. */
  readonly progressFile?: string;
  /** Anything else that the text depends on, such as the model file's size and time. */
  readonly modelIdentity?: string;
}

export interface FileTranscriptionDependencies {
  readonly lane: DecodeLane;
  readonly voiceActivity: StretchVoiceActivity;
  /** Chunks decoded at the same time. */
  readonly concurrency: number;
  /** Opens the recording; see `openMediaFile`. */
  openAudio(file: string, signal: AbortSignal | undefined): Promise<MediaAudio>;
  /** The time of day, for the transcript's date. */
  now(): Date;
  readonly planner?: ChunkPlanner;
  readonly observer?: RecognitionObserver;
  readonly signal?: AbortSignal;
  /** Called once the recording is known to be readable, before its progress is written. */
  beforeWriting?(): Promise<void>;
  /** First called when the file is open, with what an earlier run had done. */
  onProgress?(progress: FileProgress): void;
}

export interface FileTranscription {
  readonly transcript: Transcript;
  /** What was wrong with the recording but could be read over, as sentences for people. */
  readonly warnings: readonly string[];
  /** How much had been transcribed by an earlier run, in milliseconds. */
  readonly resumedAtMs: number;
  /** Forgets the progress, once the transcript has been put where it is wanted. */
  forgetProgress(): Promise<void>;
}

/**
 * Transcribes a media file.
 *
 * @throws {SurtitleError} what opening and reading it throws; `in_progress`, `output_unwritable` of the progress file.
 * @throws {EngineError} when the engine cannot do it; the signal's reason when it was stopped. Progress is kept.
 */
export async function transcribeFile(
  file: string,
  options: FileTranscriptionOptions,
  dependencies: FileTranscriptionDependencies,
): Promise<FileTranscription> {
  const { lane, signal, beforeWriting, onProgress, openAudio, now, ...rest } = dependencies;
  // Before anything is written: a file that cannot be read leaves nothing behind.
  const audio = await openAudio(file, signal);
  let progress: ProgressFile | null = null;
  try {
    await beforeWriting?.();
    progress = await openProgress(file, options, lane.model.name);
    const decoded = progress?.decoded ?? [];
    const resumedAtMs = (decoded.at(-1)?.end ?? 0) / SAMPLES_PER_MS;
    const { durationMs: total } = audio;
    const report = (doneMs: number) =>
      onProgress?.({ doneMs, share: Math.min(1, total ? doneMs / total : audio.readShare) });
    report(resumedAtMs);
    const transcription = await transcribeAudio(audio, options, {
      ...rest,
      lane,
      decoded,
      ...(signal ? { signal } : {}),
      onChunks: (chunks) => progress?.append(chunks),
      onProgress: ({ doneMs }) => report(doneMs),
    });
    const { segments, language, durationMs } = transcription;
    return {
      transcript: {
        title: path.basename(file),
        language,
        durationMs,
        model: lane.model.name,
        createdAt: now().toISOString(),
        segments,
      },
      warnings: [...audio.warnings],
      resumedAtMs,
      forgetProgress: async () => {
        if (options.progressFile !== undefined) await removeLeftProgress(options.progressFile);
      },
    };
  } finally {
    await progress?.close();
    await audio.close();
  }
}

async function openProgress(
  file: string,
  { progressFile, modelIdentity, ...options }: FileTranscriptionOptions,
  modelName: string,
): Promise<ProgressFile | null> {
  if (progressFile === undefined) return null;
  return openProgressFile(progressFile, {
    recording: await fingerprintRecording(file),
    model: [modelName, modelIdentity],
    options,
  });
}
