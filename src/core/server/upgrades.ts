import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../foundation/logger.ts';
import { CLOSE } from '../protocol/errors.ts';
import { MAX_MESSAGE_BYTES } from '../protocol/limits.ts';
import { SUBPROTOCOL } from '../protocol/version.ts';
import type { Connection, ConnectionHandler } from './connection.ts';
import { type Gate, loggablePath, type Rejection } from './gate.ts';
import { encodeRejection } from './http.ts';
import type { ServerObserver } from './observer.ts';
import type { TokenScope } from './token-store.ts';
import { serveWebSocket } from './websocket-connection.ts';

/** One thing the server speaks over WebSocket. */
export interface UpgradeRoute {
  readonly path: string;
  /** Which token it takes. */
  readonly scope: TokenScope;
  /**
   * Asks the client so often whether it is still there, and cuts it off where it does not answer before the next time,
   * in milliseconds. Default: never; the protocol has ways of its own.
   */
  readonly pingIntervalMs?: number;
  /** Looks at the query before the handshake. `null`: it will do. */
  check?(query: URLSearchParams): Rejection | null;
  /** Serves the connection. */
  accept(connection: Connection, query: URLSearchParams): ConnectionHandler;
}

export interface UpgradesOptions {
  readonly gate: Gate;
  readonly routes: readonly UpgradeRoute[];
  readonly observer: ServerObserver;
  readonly logger: Logger;
}

/** An operating system notices within minutes, not hours, that the other machine is gone. */
const TCP_KEEPALIVE_MS = 30_000;

/** Turns HTTP upgrades into served connections: the gate first, then the handshake. */
export class Upgrades {
  readonly #options: UpgradesOptions;
  readonly #server: WebSocketServer;
  #closing = false;

  constructor(options: UpgradesOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    });
  }

  /** Listener for a server's `upgrade` event. */
  readonly handle = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const destroy = () => socket.destroy();
    socket.on('error', destroy);
    const url = request.url ?? '/';
    const [path, search] = url.split('?', 2);
    const query = new URLSearchParams(search ?? '');
    const route = this.#options.routes.find((candidate) => candidate.path === path);
    const rejection = this.#check(request, route, query);
    if (rejection || !route) {
      this.#reject(socket, url, rejection ?? notFound());
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('error', destroy);
      request.socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
      request.socket.setNoDelay(true);
      if (route.pingIntervalMs !== undefined) pingRegularly(webSocket, route.pingIntervalMs);
      serveWebSocket(webSocket, (connection) => route.accept(connection, query));
    });
  };

  /** Takes no more upgrades. */
  stop(): void {
    this.#closing = true;
  }

  /** Asks everyone to leave whom their protocol has not asked yet. */
  dismiss(): void {
    for (const client of this.#server.clients) {
      if (client.readyState === WebSocket.OPEN) client.close(CLOSE.shutdown, 'The server is shutting down.');
    }
  }

  /** Cuts off whoever is still connected. */
  terminate(): void {
    for (const client of this.#server.clients) client.terminate();
  }

  /** Resolves when no client is connected. */
  async whenEmpty(): Promise<void> {
    const closed = [...this.#server.clients].map(
      (client) => new Promise<void>((resolve) => client.once('close', () => resolve())),
    );
    await Promise.all(closed);
  }

  #check(
    request: IncomingMessage,
    route: UpgradeRoute | undefined,
    query: URLSearchParams,
  ): Rejection | null {
    const { gate } = this.#options;
    return (
      gate.checkCaller(request) ??
      gate.checkToken(request, route?.scope ?? 'full') ??
      (route ? null : notFound()) ??
      gate.checkUpgradeRate() ??
      route?.check?.(query) ??
      (this.#closing ? shuttingDown() : null)
    );
  }

  #reject(socket: Duplex, url: string, rejection: Rejection): void {
    const { observer, logger } = this.#options;
    observer.upgradeRejected?.(rejection.reason);
    logger.warn('A connection was refused.', {
      path: loggablePath(url),
      status: rejection.status,
      reason: rejection.reason,
    });
    socket.once('finish', () => socket.destroy());
    socket.end(encodeRejection(rejection));
  }
}

function pingRegularly(socket: WebSocket, intervalMs: number): void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  }, intervalMs);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
}

function notFound(): Rejection {
  return {
    status: 404,
    reason: 'not_found',
    message: 'No WebSocket is served at this path. Connect to /ws to stream or to /captions to watch.',
  };
}

function shuttingDown(): Rejection {
  return {
    status: 503,
    reason: 'shutting_down',
    message: 'The server is shutting down. Try again in a moment.',
  };
}
