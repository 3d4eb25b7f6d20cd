import { AudioFileError } from '../../../audio/audio-file-error.ts';
import { EngineError } from '../../../engine/engine.ts';
import { OpenAiError } from './openai-error.ts';

/**
 * What went wrong with a request, in OpenAI's terms. Only errors that were made for people keep their message: any
 * other could name the server's files.
 */
export function toOpenAiError(error: unknown): OpenAiError {
  if (error instanceof OpenAiError) return error;
  if (error instanceof AudioFileError) {
    const status = error.code === 'audio_decoder_failed' ? 500 : 400;
    return new OpenAiError(status, error.code, error.message, { param: 'file', cause: error });
  }
  if (error instanceof EngineError) {
    const status = error.code === 'request_rejected' ? 400 : 500;
    return new OpenAiError(status, error.code, error.message, { cause: error });
  }
  return new OpenAiError(500, 'internal_error', 'The server failed on this request. See its log.', {
    cause: error,
  });
}
