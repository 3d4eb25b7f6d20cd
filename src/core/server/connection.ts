/**
 * The transport as a session's dialect sees it: messages in, messages out, nothing of sockets. A WebSocket
 * is one implementation (`websocket-connection.ts`), the simulation's faulty network another.
 */
export interface Connection {
  /** Bytes handed to {@link send} that have not left this machine yet. */
  readonly bufferedBytes: number;
  /** Sends one text frame. Does nothing once the connection is closing. */
  send(text: string): void;
  /**
   * Begins to close, after everything sent before. {@link ConnectionHandler.closed} follows when it is
   * done. Closing twice does nothing.
   * @param reason at most 123 bytes of UTF-8.
   */
  close(code: number, reason: string): void;
  /** Stops reading, so that the peer's sends pile up on its side. A few frames may still arrive. */
  pauseReading(): void;
  /** Reads again. */
  resumeReading(): void;
}

/** What a connection tells its dialect. Calls come in order, never from within a call to the connection. */
export interface ConnectionHandler {
  /** A text frame. */
  text(text: string): void;
  /** A binary frame. The bytes are only valid during the call. */
  binary(bytes: Uint8Array): void;
  /** The connection is gone; called once, and nothing is called after it. 1006: without a close frame. */
  closed(code: number, reason: string): void;
  /** Something was written out: {@link Connection.bufferedBytes} has fallen. */
  drained(): void;
}

/** Most bytes the reason of a close frame may hold (RFC 6455, 5.5). */
const MAX_CLOSE_REASON_BYTES = 123;

/** As much of `reason` as a close frame holds, cut between characters. */
export function truncateCloseReason(reason: string): string {
  const bytes = new TextEncoder().encode(reason);
  if (bytes.length <= MAX_CLOSE_REASON_BYTES) return reason;
  let end = MAX_CLOSE_REASON_BYTES;
  // 10xxxxxx continues a character.
  while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return new TextDecoder().decode(bytes.subarray(0, end));
}
