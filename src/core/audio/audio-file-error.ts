import { SurtitleError } from '../foundation/errors.ts';

export type AudioFileErrorCode =
  /** Not what it says it is, or broken before its audio begins. */
  | 'audio_file_invalid'
  /** Sound, but of a kind that is not read here. */
  | 'audio_file_unsupported'
  /** A media file without a sound track. */
  | 'audio_file_without_audio'
  /** Protected against copying (DRM). */
  | 'audio_file_protected'
  /** More bytes than the caller allows. */
  | 'audio_file_too_large'
  /** Lasts longer than the caller allows. */
  | 'audio_file_too_long'
  /** Readable with `ffmpeg` only, which is not there. */
  | 'ffmpeg_missing'
  /** The decoder crashed, ran out of memory, hung or is not built. */
  | 'audio_decoder_failed';

/** An audio file, or a stream that should be one, cannot be read. */
export class AudioFileError extends SurtitleError {
  declare readonly code: AudioFileErrorCode;

  // Narrows the code's type for callers.
  constructor(code: AudioFileErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
  }
}
