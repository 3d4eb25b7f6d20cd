import type {
  ClientSocket,
  ClientSocketHandler,
  Connect,
  ConnectRequest,
} from '../../../src/core/client/client-socket.ts';
import type { Clock, Timer } from '../../../src/core/foundation/clock.ts';
import type { Connection, ConnectionHandler } from '../../../src/core/server/connection.ts';

/** What the operating systems on both sides buffer before a sender notices. */
const SOCKET_BUFFER_BYTES = 64 * 1024;
/** How long a server waits for the answer to its close frame. */
const CLOSE_HANDSHAKE_MS = 1_000;

interface Frame {
  readonly bytes: number;
  readonly dueMs: number;
  readonly deliver: () => void;
}

/** One direction of a connection: frames arrive in order, after a latency, unless it is frozen or dead. */
class Pipe {
  readonly #clock: Clock;
  readonly #latencyMs: () => number;
  readonly #queue: Frame[] = [];
  readonly #onDelivered: () => void;
  #timer: Timer | null = null;
  #frozenUntilMs = 0;
  #held = false;
  #dead = false;

  constructor(clock: Clock, latencyMs: () => number, onDelivered: () => void = () => undefined) {
    this.#clock = clock;
    this.#latencyMs = latencyMs;
    this.#onDelivered = onDelivered;
  }

  get queuedBytes(): number {
    return this.#queue.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  push(bytes: number, deliver: () => void): void {
    if (this.#dead) return;
    const dueMs = Math.max(this.#clock.now() + this.#latencyMs(), this.#queue.at(-1)?.dueMs ?? 0);
    this.#queue.push({ bytes, dueMs, deliver });
    this.#schedule();
  }

  /** Nothing arrives for a while; then all of it does. */
  freeze(durationMs: number): void {
    this.#frozenUntilMs = Math.max(this.#frozenUntilMs, this.#clock.now() + durationMs);
    this.#reschedule();
  }

  /** The receiver does not read. */
  hold(held: boolean): void {
    this.#held = held;
    this.#reschedule();
  }

  /** What is on its way is lost, and so is all that follows. */
  kill(): void {
    this.#dead = true;
    this.#queue.length = 0;
    this.#timer?.cancel();
    this.#timer = null;
  }

  #reschedule(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#schedule();
  }

  #schedule(): void {
    const head = this.#queue[0];
    if (!head || this.#held || this.#timer || this.#dead) return;
    const waitMs = Math.max(head.dueMs, this.#frozenUntilMs) - this.#clock.now();
    this.#timer = this.#clock.setTimer(waitMs, () => {
      this.#timer = null;
      this.#queue.shift();
      head.deliver();
      this.#onDelivered();
      this.#schedule();
    });
  }
}

/** What becomes of an attempt to connect. */
export type Acceptance =
  | { readonly kind: 'served'; readonly handler: ConnectionHandler }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'unreachable' };

/** One connection, and what can happen to it. */
export class SimulatedConnection {
  readonly #clock: Clock;
  readonly #client: ClientSocketHandler;
  readonly #onFrame: () => void;
  readonly #up: Pipe;
  readonly #down: Pipe;
  #server: ConnectionHandler | null = null;
  /** An end that is over is told nothing more. */
  #clientOver = false;
  #serverOver = false;
  #serverClosing = false;

  /** @param onFrame called for every frame either end sends, before it is on its way. */
  constructor(clock: Clock, latencyMs: () => number, client: ClientSocketHandler, onFrame: () => void) {
    this.#clock = clock;
    this.#client = client;
    this.#onFrame = onFrame;
    this.#up = new Pipe(clock, latencyMs);
    this.#down = new Pipe(clock, latencyMs, () => {
      if (!this.#serverOver) this.#server?.drained();
    });
  }

  /** What the client holds. */
  readonly clientEnd: ClientSocket = {
    send: (data) => {
      this.#onFrame();
      const frame = typeof data === 'string' ? data : data.slice();
      this.#up.push(frame.length, () => {
        if (this.#serverOver || this.#serverClosing) return;
        if (typeof frame === 'string') this.#server?.text(frame);
        else this.#server?.binary(frame);
      });
    },
    close: (code, reason) => {
      this.#clientOver = true;
      this.#up.push(0, () => this.#tellServer(code, reason));
    },
    drop: () => {
      this.#clientOver = true;
      this.#up.push(0, () => this.#tellServer(1006, ''));
    },
  };

  /** What the server holds. */
  readonly serverEnd: Connection = this.#createServerEnd();

  /** The request travels to the server; then `accept` decides what becomes of it. */
  establish(accept: () => Acceptance): void {
    this.#up.push(0, () => {
      if (this.#clientOver) return;
      const acceptance = accept();
      if (acceptance.kind === 'served') {
        this.#server = acceptance.handler;
        this.#down.push(0, () => {
          if (!this.#clientOver) this.#client.opened();
        });
        return;
      }
      this.#serverOver = true;
      this.#down.push(0, () => {
        if (acceptance.kind === 'unreachable') this.#tellClient(1006, '');
        else if (!this.#clientOver) {
          this.#clientOver = true;
          this.#client.refused(acceptance.status);
        }
      });
    });
  }

  /** Both directions die; each end notices in its own time, `null`: never. */
  cut(clientNoticesAfterMs: number | null, serverNoticesAfterMs: number | null): void {
    this.#up.kill();
    this.#down.kill();
    const after = (delayMs: number | null, notice: () => void) => {
      if (delayMs !== null) this.#clock.setTimer(delayMs, notice);
    };
    after(clientNoticesAfterMs, () => this.#tellClient(1006, ''));
    after(serverNoticesAfterMs, () => this.#tellServer(1006, ''));
  }

  /** Nothing gets through in one direction for a while; then everything does. */
  freeze(direction: 'up' | 'down', durationMs: number): void {
    (direction === 'up' ? this.#up : this.#down).freeze(durationMs);
  }

  /** The server's process is gone, and must not be called any more. */
  serverDied(clientNoticesAfterMs: number): void {
    this.#serverOver = true;
    this.cut(clientNoticesAfterMs, null);
  }

  #createServerEnd(): Connection {
    const unsent = () => Math.max(0, this.#down.queuedBytes - SOCKET_BUFFER_BYTES);
    return {
      get bufferedBytes() {
        return unsent();
      },
      send: (text) => {
        if (this.#serverClosing || this.#serverOver) return;
        this.#onFrame();
        this.#down.push(text.length, () => {
          if (!this.#clientOver) this.#client.message(text);
        });
      },
      close: (code, reason) => {
        if (this.#serverClosing) return;
        this.#serverClosing = true;
        this.#down.push(0, () => this.#tellClient(code, reason));
        this.#clock.setTimer(CLOSE_HANDSHAKE_MS, () => this.#tellServer(code, reason));
      },
      pauseReading: () => this.#up.hold(true),
      resumeReading: () => this.#up.hold(false),
    };
  }

  #tellClient(code: number, reason: string): void {
    if (this.#clientOver) return;
    this.#clientOver = true;
    this.#client.closed(code, reason);
  }

  #tellServer(code: number, reason: string): void {
    if (this.#serverOver) return;
    this.#serverOver = true;
    this.#server?.closed(code, reason);
  }
}

/** What the world does with the connections of its clients. */
export interface NetworkHooks {
  latencyMs(): number;
  /** A client's connection is about to exist. */
  opened(connection: SimulatedConnection): void;
  /** Either end has sent a frame; before it is on its way. */
  sent(connection: SimulatedConnection): void;
  accept(connection: SimulatedConnection, request: ConnectRequest): Acceptance;
}

/** A client's way onto the network. */
export function connectThrough(clock: Clock, hooks: NetworkHooks): Connect {
  return (request, handler) => {
    const connection: SimulatedConnection = new SimulatedConnection(
      clock,
      () => hooks.latencyMs(),
      handler,
      () => hooks.sent(connection),
    );
    hooks.opened(connection);
    connection.establish(() => hooks.accept(connection, request));
    return connection.clientEnd;
  };
}
