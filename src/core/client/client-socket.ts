/** Where to connect and as whom. */
export interface ConnectRequest {
  /** `ws:` or `wss:`, with the session id in its query. */
  readonly url: string;
  /** Shown to the server in the way the platform allows; `null` where the server wants none. */
  readonly token: string | null;
}

/** What a socket tells its owner. Calls come in order and never from within {@link Connect} itself. */
export interface ClientSocketHandler {
  opened(): void;
  message(data: string | Uint8Array): void;
  /** The server answered the upgrade with this HTTP status instead. Nothing follows. */
  refused(status: number): void;
  /** The connection is gone; 1006 where no close frame came. Nothing follows. */
  closed(code: number, reason: string, cause?: unknown): void;
}

/** A WebSocket as the client needs it: Node's, a browser's, or the simulation's. */
export interface ClientSocket {
  /** Sends one frame: a string as text, bytes as binary. Only called while the socket is open. */
  send(data: string | Uint8Array): void;
  /** Begins to close. The handler need not be called any more. */
  close(code: number, reason: string): void;
  /**
   * Gives a dead connection up without the 1000 that would end its session. The handler need not be
   * called any more.
   */
  drop(): void;
}

/** Opens a connection; failures are told to the handler. */
export type Connect = (request: ConnectRequest, handler: ClientSocketHandler) => ClientSocket;
