import type { RawData, WebSocket } from 'ws';
import type { Connection, ConnectionHandler } from './connection.ts';

/** A client that is asked to close gets this long to answer before it is cut off, in milliseconds. */
const CLOSE_GRACE_MS = 2_000;

/**
 * Serves a WebSocket through the transport seam.
 * @param accept makes the handler of the connection; called at once.
 */
export function serveWebSocket(
  socket: WebSocket,
  accept: (connection: Connection) => ConnectionHandler,
): void {
  const connection = new WebSocketConnection(socket);
  const handler = accept(connection);
  connection.onDrained = () => handler.drained();
  socket.on('message', (message: RawData, isBinary: boolean) => {
    const bytes = toBytes(message);
    if (isBinary) handler.binary(bytes);
    else handler.text(bytes.toString('utf8'));
  });
  socket.on('close', (code, reason) => {
    connection.ended();
    handler.closed(code, reason.toString('utf8'));
  });
  // A broken frame or a reset; ws answers the former and closes, and `close` follows either way.
  socket.on('error', () => connection.ended());
}

class WebSocketConnection implements Connection {
  readonly #socket: WebSocket;
  #closing = false;
  #cutOff: NodeJS.Timeout | null = null;
  onDrained: (() => void) | null = null;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(text: string): void {
    if (this.#closing) return;
    // Called when the bytes have been handed to the system; ws has no event for that.
    this.#socket.send(text, (error) => {
      if (!error) this.onDrained?.();
    });
  }

  close(code: number, reason: string): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#socket.close(code, reason);
    // The answer to the close frame must be read.
    if (this.#socket.isPaused) this.#socket.resume();
    this.#cutOff = setTimeout(() => this.#socket.terminate(), CLOSE_GRACE_MS);
    this.#cutOff.unref();
  }

  pauseReading(): void {
    if (!this.#closing) this.#socket.pause();
  }

  resumeReading(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  ended(): void {
    this.#closing = true;
    if (this.#cutOff) clearTimeout(this.#cutOff);
  }
}

function toBytes(message: RawData): Buffer {
  if (Array.isArray(message)) return Buffer.concat(message);
  return Buffer.isBuffer(message) ? message : Buffer.from(message);
}
