import { CLOSE } from '../protocol/errors.ts';
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '../protocol/version.ts';
import type { ClientSocketHandler, Connect, ConnectRequest } from './client-socket.ts';

/** The part of a browser's `WebSocket` that is used here; the core is compiled without DOM types. */
interface BrowserWebSocket {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: string | ArrayBuffer }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
}

type BrowserWebSocketConstructor = new (url: string, protocols: string[]) => BrowserWebSocket;

/** A browser may close with 1000 or 3000 to 4999 only, and 1000 would end the session. */
const CLOSE_DROPPED = 4000;

/** Statuses of `GET /auth` that mean the upgrade would be refused as well. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 421]);

/**
 * Connects from a browser: the token travels as a subprotocol, since a page cannot set headers. A page does
 * not see why an upgrade was refused either, so `GET /auth` is asked first.
 */
export const connectFromBrowser: Connect = (request, handler) => {
  const cancelled = new AbortController();
  let socket: BrowserWebSocket | null = null;
  void authorize(request, cancelled.signal).then((status) => {
    if (cancelled.signal.aborted) return;
    if (REFUSALS.has(status)) handler.refused(status);
    else socket = openSocket(request, handler, cancelled.signal);
  });
  return {
    send: (data) => socket?.send(data),
    close(code, reason) {
      cancelled.abort();
      socket?.close(code, reason);
    },
    drop() {
      cancelled.abort();
      socket?.close(CLOSE_DROPPED, 'The client gave this connection up.');
    },
  };
};

function openSocket(
  { url, token }: ConnectRequest,
  handler: ClientSocketHandler,
  cancelled: AbortSignal,
): BrowserWebSocket | null {
  const { WebSocket } = globalThis as unknown as { WebSocket: BrowserWebSocketConstructor };
  const protocols = token === null ? [SUBPROTOCOL] : [SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX + token];
  let socket: BrowserWebSocket;
  try {
    socket = new WebSocket(url, protocols);
  } catch (error) {
    // A token that cannot be a subprotocol, or a page that may not open plain connections.
    handler.closed(CLOSE.denied, 'The browser refused to open the connection.', error);
    return null;
  }
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    if (!cancelled.aborted) handler.opened();
  };
  socket.onmessage = ({ data }) => {
    if (!cancelled.aborted) handler.message(typeof data === 'string' ? data : new Uint8Array(data));
  };
  socket.onclose = ({ code, reason }) => {
    if (!cancelled.aborted) handler.closed(code, reason);
  };
  return socket;
}

/** @returns the status of `GET /auth`, 0 where the server could not be reached. */
async function authorize({ url, token }: ConnectRequest, signal: AbortSignal): Promise<number> {
  const address = new URL('/auth', url);
  address.protocol = address.protocol === 'wss:' ? 'https:' : 'http:';
  try {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(address, { headers, signal });
    return response.status;
  } catch {
    // Unreachable or cut off by CORS: the connection attempt that follows tells which.
    return 0;
  }
}
