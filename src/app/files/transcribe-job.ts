import type { MediaAudio } from '../../core/audio/media/media-audio.ts';
import { LONGEST_BACKGROUND_CHUNK_MS, PausePlanner } from '../../core/batch/chunk-planner.ts';
import type { TranscriptionOptions } from '../../core/batch/transcribe-audio.ts';
import {
  type FileProgress,
  type FileTranscription,
  transcribeFile,
} from '../../core/batch/transcribe-file.ts';
import type { EngineModel } from '../../core/engine/engine.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { resolveLanguage } from '../../core/server/stream-language.ts';
import type { SettingValues } from '../../core/settings/settings-schema.ts';
import type { FileSpeech } from '../app-server.ts';

export interface JobRequest {
  readonly id: string;
  /** Absolute path of the recording. */
  readonly file: string;
  readonly progressFile: string;
  readonly speech: FileSpeech;
  readonly settings: SettingValues;
  readonly signal: AbortSignal;
  readonly openAudio: (file: string, signal: AbortSignal | undefined) => Promise<MediaAudio>;
  readonly now: () => Date;
  /** Told when the recording is open. */
  readonly onOpen: (durationMs: number | null) => void;
  readonly onProgress: (progress: FileProgress) => void;
}

/**
 * Transcribes a recording as the settings say, going on where an earlier try stopped.
 * @throws {SurtitleError} what `transcribeFile` throws; `unsupported_language`.
 */
export async function transcribeJob(request: JobRequest): Promise<FileTranscription> {
  const { id, file, progressFile, speech, settings, signal, openAudio, now, onOpen, onProgress } = request;
  const { voiceActivity, concurrency, identity } = speech;
  const options = optionsFor(speech.model, settings);
  const lane = speech.openLane(id);
  try {
    return await transcribeFile(
      file,
      { ...options, progressFile, modelIdentity: identity },
      {
        lane,
        voiceActivity,
        concurrency,
        async openAudio(path, stop) {
          const audio = await openAudio(path, stop);
          onOpen(audio.durationMs);
          return audio;
        },
        now,
        planner: new PausePlanner(LONGEST_BACKGROUND_CHUNK_MS),
        signal,
        onProgress,
      },
    );
  } finally {
    lane.close();
  }
}

function optionsFor(model: EngineModel, settings: SettingValues): TranscriptionOptions {
  const vocabulary = settings['vocabulary.terms'];
  return {
    language: languageFor(model, settings['captions.language']),
    translate: settings['captions.translate'] && model.multilingual,
    ...(vocabulary.length === 0 ? {} : { vocabulary }),
  };
}

function languageFor(model: EngineModel, wanted: string): string {
  try {
    return resolveLanguage(wanted, model);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    const knows = model.multilingual ? 'does not know this language' : 'only knows English';
    throw new SurtitleError(
      'unsupported_language',
      `The model ${model.name} ${knows}, and the language is set to ${wanted}. Choose another model or another language, and try again.`,
      { cause },
    );
  }
}
