import type { Clock, Timer } from '../foundation/clock.ts';
import { describeError } from '../foundation/errors.ts';
import type { Logger } from '../foundation/logger.ts';
import { decodeJsonObject, encodeMessage, parseServerMessage } from '../protocol/codec.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { CLIENT_SILENCE_TIMEOUT_MS, KEEPALIVE_INTERVAL_MS } from '../protocol/limits.ts';
import type { ServerMessage } from '../protocol/server-messages.ts';
import type { ClientSocket, Connect, ConnectRequest } from './client-socket.ts';

/** How a link ended, other than by its owner. */
export type LinkEnd =
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string; readonly cause: unknown }
  | { readonly kind: 'silent' };

/** What a link tells its owner; never from within the owner's own calls. */
export interface LinkHandler {
  opened(): void;
  message(message: ServerMessage): void;
  /** The server sent something that is not in the protocol. */
  invalid(complaint: string): void;
  /** Called at most once; nothing follows. */
  ended(end: LinkEnd): void;
}

export interface LinkOptions {
  readonly connect: Connect;
  readonly request: ConnectRequest;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The newest event seen, for keepalives. */
  lastSeq(): number;
}

/**
 * One connection: text in and out as messages, keepalives while it is open, and the judgement that a
 * server silent for 15 s is gone. Once it ended or was closed it tells its owner nothing more, whatever
 * its socket still says.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #handler: LinkHandler;
  readonly #socket: ClientSocket;
  #open = false;
  #over = false;
  #heardAtMs: number;
  #silence: Timer;
  #keepalive: Timer | null = null;

  constructor(options: LinkOptions, handler: LinkHandler) {
    this.#options = options;
    this.#handler = handler;
    this.#heardAtMs = options.clock.now();
    this.#silence = options.clock.setTimer(CLIENT_SILENCE_TIMEOUT_MS, () => this.#watch());
    this.#socket = options.connect(options.request, {
      opened: () => this.#whileAlive(() => this.#opened()),
      message: (data) => this.#whileAlive(() => this.#message(data)),
      refused: (status) => this.#end({ kind: 'refused', status }),
      closed: (code, reason, cause) => this.#end({ kind: 'closed', code, reason, cause }),
    });
  }

  /** Sends one frame; does nothing while the link is not open. */
  send(frame: string | Uint8Array): void {
    if (this.#open && !this.#over) this.#socket.send(frame);
  }

  /** Sends a keepalive, which the server answers with `ack`. */
  keepalive(): void {
    this.send(encodeMessage({ type: 'keepalive', last_seq: this.#options.lastSeq() }));
  }

  /** Closes with a close frame. The owner hears nothing more. */
  close(code: number, reason: string): void {
    if (this.#finish()) this.#socket.close(code, reason);
  }

  #opened(): void {
    this.#open = true;
    this.#heardAtMs = this.#options.clock.now();
    this.#scheduleKeepalive();
    this.#handler.opened();
  }

  #message(data: string | Uint8Array): void {
    this.#heardAtMs = this.#options.clock.now();
    if (typeof data !== 'string') {
      this.#handler.invalid('The server sent a binary frame; it speaks JSON only.');
      return;
    }
    let message: ReturnType<typeof parseServerMessage>;
    try {
      message = parseServerMessage(decodeJsonObject(data));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#handler.invalid(describeError(error));
      return;
    }
    if (message === null) {
      // A newer server may say more than this version understands.
      this.#options.logger.debug('The server sent a message of an unknown type; it was passed over.');
    } else if (message.type === 'snapshot') {
      this.#handler.invalid('The server sent a viewer\'s "snapshot"; connect to /ws, not to /captions.');
    } else {
      this.#handler.message(message);
    }
  }

  #scheduleKeepalive(): void {
    this.#keepalive = this.#options.clock.setTimer(KEEPALIVE_INTERVAL_MS, () => {
      this.#scheduleKeepalive();
      this.keepalive();
    });
  }

  /** One timer that looks again when it would be due, instead of a new one for every message. */
  #watch(): void {
    const remainingMs = this.#heardAtMs + CLIENT_SILENCE_TIMEOUT_MS - this.#options.clock.now();
    if (remainingMs > 0) {
      this.#silence = this.#options.clock.setTimer(remainingMs, () => this.#watch());
      return;
    }
    this.#socket.drop();
    this.#end({ kind: 'silent' });
  }

  #end(end: LinkEnd): void {
    if (this.#finish()) this.#handler.ended(end);
  }

  #whileAlive(action: () => void): void {
    if (!this.#over) action();
  }

  /** @returns false where the link was over already. */
  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#silence.cancel();
    this.#keepalive?.cancel();
    return true;
  }
}
