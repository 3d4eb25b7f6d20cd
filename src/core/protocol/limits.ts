/** Numbers both ends agree on. Milliseconds and bytes unless the name says otherwise. */

/** Largest WebSocket message; beyond it the socket closes with 1009. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Deepest nesting of a JSON message. */
export const MAX_JSON_DEPTH = 16;
/** `config` must arrive within this time of the connection. */
export const CONFIG_TIMEOUT_MS = 10_000;
/** A client sends `keepalive` this often while the connection is open. */
export const KEEPALIVE_INTERVAL_MS = 5_000;
/** The server detaches a connection that sent no frame for this long. */
export const IDLE_TIMEOUT_MS = 30_000;
/** A detached or ended session is kept for this long. */
export const RESUME_WINDOW_MS = 60_000;
/** A client takes this long without any message as a lost connection. */
export const CLIENT_SILENCE_TIMEOUT_MS = 15_000;
/** `draining` is sent this often between `end_of_stream` and `session_ended`. */
export const DRAINING_INTERVAL_MS = 2_000;
/** At most one unasked `ack` in this time. */
export const ACK_INTERVAL_MS = 1_000;
/** `model_loading` is sent when `ready` takes longer than this. */
export const MODEL_LOADING_NOTICE_MS = 2_000;
/** Over this much unsent, partials are coalesced. */
export const COALESCE_OVER_BYTES = 256 * 1024;
/** Over this much unsent, the consumer is too slow: `overloaded`. */
export const OVERLOADED_OVER_BYTES = 4 * 1024 * 1024;
/** Over this much speech waiting, `flow` is `slow`. */
export const FLOW_SLOW_OVER_MS = 5_000;
/** Over this much speech waiting, `flow` is `paused` and the server stops reading. */
export const FLOW_PAUSED_OVER_MS = 20_000;

/** Longest `prompt` and `vocabulary` together, in characters. */
export const MAX_PROMPT_CHARACTERS = 1_000;
/** Longest single word of `prompt` or `vocabulary`, in characters. */
export const MAX_PROMPT_WORD_CHARACTERS = 60;

/** Audio a client keeps for replay since the last committed position. */
export const REPLAY_MIN_MS = 10_000;
export const REPLAY_MAX_MS = 60_000;

/** Connection attempts after a loss, before the client gives up. */
export const DEFAULT_MAX_RETRIES = 10;
/** Longest wait between two attempts, and the longest while the resume window may be open. */
export const BACKOFF_MAX_MS = 60_000;
export const BACKOFF_MAX_IN_WINDOW_MS = 5_000;
/** After this long connected the retry count starts again. */
export const BACKOFF_RESET_AFTER_MS = 10_000;

/** `close()` waits this long without any message, and this long in all. */
export const CLOSE_SILENCE_TIMEOUT_MS = 10_000;
export const CLOSE_TIMEOUT_MS = 60_000;

/** Finals in a viewer's `snapshot`. */
export const SNAPSHOT_FINALS = 20;
