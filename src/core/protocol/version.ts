/** The version this code speaks; `config.version` and `ready.version`. */
export const PROTOCOL_VERSION = 1;

/** WebSocket subprotocol a client may offer, and the only one the server ever selects. */
export const SUBPROTOCOL = 'surtitle.v1';

/** Prefix of the offered subprotocol that carries a token; never selected. */
export const TOKEN_SUBPROTOCOL_PREFIX = 'auth.';
