import { SurtitleError } from '../foundation/errors.ts';

export type ConnectionErrorCode =
  /** No connection was ever made. */
  | 'connection_failed'
  /** The connection was lost and could not be made again. */
  | 'retries_exhausted'
  /** The server does not accept the token (HTTP 401). */
  | 'unauthorized'
  /** The server refused the upgrade for another reason than the token. */
  | 'upgrade_refused'
  /** The server closed the connection for good, without saying why in an `error` first. */
  | 'closed_unexpectedly'
  /** The server broke the protocol in a way that makes going on pointless. */
  | 'protocol_violation'
  /** The caller's `AbortSignal` fired. */
  | 'aborted';

/** The client cannot go on, and it was not the server that said why. */
export class ConnectionError extends SurtitleError {
  declare readonly code: ConnectionErrorCode;

  // Narrows the code's type for callers.
  constructor(code: ConnectionErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
  }
}

/** What to do about an upgrade that was refused for good. */
export function upgradeRefused(status: number): ConnectionError {
  switch (status) {
    case 401:
      return new ConnectionError(
        'unauthorized',
        'The server does not accept the token (HTTP 401). Give it the token of this server; a rotated token is a new one.',
      );
    case 403:
      return new ConnectionError(
        'upgrade_refused',
        "The server does not accept this page's origin (HTTP 403). Start it with --allow-origin for that origin.",
      );
    case 404:
      return new ConnectionError(
        'upgrade_refused',
        'There is no such address on this server (HTTP 404). The URL ends in /ws.',
      );
    case 421:
      return new ConnectionError(
        'upgrade_refused',
        'The server does not know itself by this host name (HTTP 421). Start it with --allow-host for that name.',
      );
    default:
      return new ConnectionError(
        'upgrade_refused',
        `The server refused the connection (HTTP ${status}). Check that the URL is that of a Surtitle server.`,
      );
  }
}
