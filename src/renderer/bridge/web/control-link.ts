import { Backoff } from '../../../core/client/backoff.ts';
import type { Clock, Timer } from '../../../core/foundation/clock.ts';
import { SurtitleError } from '../../../core/foundation/errors.ts';
import { SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '../../../core/protocol/version.ts';
import { answerEnvelopeSchema, type CallEnvelope } from '../../../ipc/envelope.ts';
import type { LinkState } from '../types.ts';
import { PendingCalls } from './pending-calls.ts';

export interface ControlLinkOptions {
  /** `http:` or `https:`, of the server. */
  readonly origin: string;
  readonly token: string | null;
  readonly clock: Clock;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** Told of what comes without having been asked for. */
  readonly onPush: (name: string, payload: unknown) => void;
}

/** A connection that held so long was a good one, and the next is tried at once when it ends. */
const GOOD_AFTER_MS = 10_000;
/** A network that fell silent says nothing, so the server is asked for something small now and then. */
const ALIVE_INTERVAL_MS = 25_000;
const ALIVE_TIMEOUT_MS = 10_000;
/** A browser may close with 1000 or 3000 to 4999 only. */
const CLOSE_DROPPED = 4000;

/** The page’s connection to the program behind it; it connects again by itself, for as long as the page is open. */
export class ControlLink {
  readonly #options: ControlLinkOptions;
  readonly #backoff: Backoff;
  readonly #pending: PendingCalls;
  readonly #watchers = new Set<(state: LinkState) => void>();
  #token: string | null;
  #state: LinkState = 'connecting';
  #socket: WebSocket | null = null;
  #waiting: Timer | null = null;
  #good: Timer | null = null;
  #alive: Timer | null = null;

  constructor(options: ControlLinkOptions) {
    this.#options = options;
    this.#token = options.token;
    this.#backoff = new Backoff(options.random);
    this.#pending = new PendingCalls(options.clock);
    void this.#connect();
  }

  get state(): LinkState {
    return this.#state;
  }

  get token(): string | null {
    return this.#token;
  }

  /** The server has another token now; the connection that is open stays. */
  adoptToken(token: string): void {
    this.#token = token;
  }

  /**
   * Asks for something. What is asked before the first connection is sent with it.
   * @throws {SurtitleError} as the server does; `connection_lost`, `call_timeout`, `unauthorized`.
   */
  call(name: string, request?: unknown): Promise<unknown> {
    if (this.#state === 'unauthorized') return Promise.reject(unauthorized());
    if (this.#state === 'lost') return Promise.reject(connectionLost());
    return this.#pending.add(name, request, (envelope) => this.#send(envelope));
  }

  /** Begins with the present state. */
  watch(listener: (state: LinkState) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#watchers.add(listener);
    signal.addEventListener('abort', () => this.#watchers.delete(listener), { once: true });
    listener(this.#state);
  }

  /** The machine is back on the network, or somebody looks at the page again: what waits need not wait any longer. */
  retryNow(): void {
    if (!this.#waiting) return;
    this.#waiting.cancel();
    this.#waiting = null;
    void this.#connect();
  }

  async #connect(): Promise<void> {
    const status = this.#token === null ? 401 : await this.#ask();
    if (status === 401 || status === 403) {
      this.#set('unauthorized');
      this.#pending.failAll(unauthorized());
      return;
    }
    // Also where it did not answer: trying tells the same, and a proxy may know `WS` only.
    this.#open();
  }

  /** A page does not see why a WebSocket was refused. @returns the status, 0 where there was no answer. */
  async #ask(): Promise<number> {
    try {
      const response = await fetch(`${this.#options.origin}/control`, {
        headers: { authorization: `Bearer ${this.#token}` },
      });
      return response.status;
    } catch {
      return 0;
    }
  }

  #open(): void {
    const { origin, clock } = this.#options;
    const protocols = [SUBPROTOCOL, `${TOKEN_SUBPROTOCOL_PREFIX}${this.#token}`];
    let socket: WebSocket;
    try {
      socket = new WebSocket(`${origin.replace(/^http/u, 'ws')}/control`, protocols);
    } catch {
      // A token that cannot be a protocol’s name is none of the server’s.
      this.#set('unauthorized');
      this.#pending.failAll(unauthorized());
      return;
    }
    this.#socket = socket;
    socket.onopen = () => {
      this.#good = clock.setTimer(GOOD_AFTER_MS, () => this.#backoff.reset());
      this.#set('open');
      for (const envelope of this.#pending.unsent()) this.#send(envelope);
      this.#watchOver(socket);
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#message(data);
    socket.onclose = () => {
      if (this.#socket === socket) this.#lost();
    };
  }

  #send(envelope: CallEnvelope): boolean {
    if (this.#state !== 'open' || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(envelope));
    return true;
  }

  #message(data: unknown): void {
    if (typeof data !== 'string') return;
    const parsed = answerEnvelopeSchema.safeParse(JSON.parse(data));
    if (!parsed.success) return;
    const envelope = parsed.data;
    if (envelope.type === 'push') this.#options.onPush(envelope.name, envelope.payload);
    else this.#pending.answer(envelope);
  }

  #watchOver(socket: WebSocket): void {
    const { clock } = this.#options;
    this.#alive = clock.setTimer(ALIVE_INTERVAL_MS, () => {
      const silent = clock.setTimer(ALIVE_TIMEOUT_MS, () => {
        if (this.#socket !== socket) return;
        socket.close(CLOSE_DROPPED, 'The server fell silent.');
        this.#lost();
      });
      this.call('app.info')
        .then(() => {
          if (this.#socket === socket) this.#watchOver(socket);
        })
        // What ended it has been told.
        .catch(() => undefined)
        .finally(() => silent.cancel());
    });
  }

  #lost(): void {
    this.#socket = null;
    this.#good?.cancel();
    this.#alive?.cancel();
    const first = this.#state === 'connecting' && this.#backoff.attempts === 0;
    if (!first) this.#set('lost');
    this.#pending.failAll(connectionLost());
    const delayMs = this.#backoff.next(true);
    this.#waiting = this.#options.clock.setTimer(delayMs, () => {
      this.#waiting = null;
      void this.#connect();
    });
  }

  #set(state: LinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of [...this.#watchers]) listener(state);
  }
}

function connectionLost(): SurtitleError {
  return new SurtitleError(
    'connection_lost',
    'Surtitle does not answer. Look whether it still runs; the page goes on by itself when it does.',
  );
}

function unauthorized(): SurtitleError {
  return new SurtitleError(
    'unauthorized',
    'Surtitle does not know this page’s token. Open the link that it printed when it started.',
  );
}
