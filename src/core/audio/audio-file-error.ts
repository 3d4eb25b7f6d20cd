import { SurtitleError } from '../foundation/errors.ts';

export type AudioFileErrorCode =
  /** Not what it says it is, or broken before its audio begins. */
  | 'audio_file_invalid'
  /** Sound, but of a kind that is not read here. */
  | 'audio_file_unsupported';

/** An audio file, or a stream that should be one, cannot be read. */
export class AudioFileError extends SurtitleError {
  declare readonly code: AudioFileErrorCode;

  // Narrows the code's type for callers.
  constructor(code: AudioFileErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
  }
}
