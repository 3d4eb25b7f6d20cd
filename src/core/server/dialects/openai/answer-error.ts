import type { IncomingMessage, ServerResponse } from 'node:http';
import { AudioFileError } from '../../../audio/audio-file-error.ts';
import { EngineError } from '../../../engine/engine.ts';
import type { Clock } from '../../../foundation/clock.ts';
import { endBeforeBody } from '../../linger.ts';
import { OpenAiError, openAiErrorBody } from './openai-error.ts';

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

/**
 * Answers with an error.
 * @param isBodyComing the client sends its body, or is about to: it must not be cut off while it does.
 */
export function sendOpenAiError(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, message, param, retryAfterS }: OpenAiError,
  { isBodyComing, clock }: { readonly isBodyComing: boolean; readonly clock: Clock },
): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  if (retryAfterS !== null) response.setHeader('Retry-After', String(retryAfterS));
  // OpenAI's own clients would send all of it twice more.
  else if (status >= 500) response.setHeader('X-Should-Retry', 'false');
  const body = `${JSON.stringify(openAiErrorBody(status, code, message, param))}\n`;
  if (isBodyComing) endBeforeBody(request, response, body, clock);
  else response.setHeader('Connection', 'close').end(body);
}
