import type { EngineModel } from '../engine/engine.ts';
import type { ProtocolError } from '../protocol/errors.ts';
import { IDLE_TIMEOUT_MS, MAX_MESSAGE_BYTES, RESUME_WINDOW_MS } from '../protocol/limits.ts';
import type { ErrorMessage, ReadyMessage } from '../protocol/server-messages.ts';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import type { StreamSession } from './session.ts';

/** The answer to a `config` that was taken. */
export function readyMessage(
  session: StreamSession,
  answer: { readonly resumed: boolean; readonly resumeToken: string; readonly model: EngineModel },
): ReadyMessage {
  const { format, language } = session.settings;
  return {
    type: 'ready',
    version: PROTOCOL_VERSION,
    session_id: session.id,
    resume_token: answer.resumeToken,
    resumed: answer.resumed,
    next_sample: session.nextSample,
    last_seq: session.lastSeq,
    model: { name: answer.model.name, multilingual: answer.model.multilingual },
    language,
    sample_rate: format.sampleRate,
    channels: format.channels,
    encoding: format.encoding,
    limits: {
      max_message_bytes: MAX_MESSAGE_BYTES,
      idle_timeout_ms: IDLE_TIMEOUT_MS,
      resume_window_ms: RESUME_WINDOW_MS,
      max_session_ms: null,
    },
  };
}

/** An error as the client is told of it. */
export function errorMessage(error: ProtocolError): ErrorMessage {
  return {
    type: 'error',
    code: error.code,
    message: error.message,
    fatal: error.fatal,
    retryable: error.retryable,
    ...(error.param === undefined ? {} : { param: error.param }),
  };
}
