import { ProtocolError } from '../protocol/errors.ts';
import { CONFIG_TIMEOUT_MS, IDLE_TIMEOUT_MS, KEEPALIVE_INTERVAL_MS } from '../protocol/limits.ts';

/** What a native connection tells its client, each a sentence that says what to do. */

/** @param got the type of the message that came in its place, or `audio`. */
export function configRequired(got: string): ProtocolError {
  const what = got === 'audio' ? 'audio' : `"${got.slice(0, 40)}"`;
  return new ProtocolError('config_required', `The first message must be {"type":"config"}; it was ${what}.`);
}

export function configTimeout(): ProtocolError {
  return new ProtocolError(
    'config_timeout',
    `No config arrived within ${CONFIG_TIMEOUT_MS / 1000} s. Send {"type":"config"} first.`,
  );
}

export function alreadyConfigured(): ProtocolError {
  return new ProtocolError(
    'already_configured',
    'The config was ignored: a connection is configured once, by its first message.',
  );
}

export function modelLoading(): ProtocolError {
  return new ProtocolError('model_loading', 'The speech model is being loaded; "ready" follows when it is.');
}

/** @param type of a message that only makes sense to a session. */
export function beforeReady(type: string): ProtocolError {
  return new ProtocolError(
    'config_required',
    `"${type}" came before "ready". Wait for "ready", then send it.`,
  );
}

/** Fatal: positions count from the first sample after `ready`, so audio that was dropped would shift them. */
export function audioBeforeReady(): ProtocolError {
  return new ProtocolError('bad_audio', 'Audio arrived before "ready". Wait for "ready", then send it.');
}

export function audioAfterEnd(): ProtocolError {
  return new ProtocolError(
    'audio_after_end',
    'Audio after end_of_stream is dropped. Begin a new session for more.',
  );
}

export function replaced(): ProtocolError {
  return new ProtocolError('replaced', 'A newer connection took this session over.');
}

export function readingTooSlowly(): ProtocolError {
  return new ProtocolError(
    'overloaded',
    'Messages are not being read fast enough. Reconnect and read faster.',
  );
}

export function idleTimeout(): ProtocolError {
  return new ProtocolError(
    'idle_timeout',
    `Nothing arrived for ${IDLE_TIMEOUT_MS / 1000} s. Send a keepalive every ${KEEPALIVE_INTERVAL_MS / 1000} s; reconnect with resume to go on.`,
  );
}

export function serverShutdown(): ProtocolError {
  return new ProtocolError(
    'server_shutdown',
    'The server is shutting down. Reconnect in a moment, here or to another server, to go on.',
  );
}

/** The engine or what else a session needs could not be loaded. */
export function engineUnavailable(cause: unknown): ProtocolError {
  return new ProtocolError(
    'engine_error',
    'The speech engine is not available. See the server’s log; then try again.',
    { cause },
  );
}

/** A fault of ours. */
export function serverFault(cause: unknown): ProtocolError {
  return new ProtocolError('engine_error', 'The server failed on a message. See its log; then try again.', {
    cause,
  });
}
