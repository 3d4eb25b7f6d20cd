import type { Clock, Timer } from '../foundation/clock.ts';
import type { Logger } from '../foundation/logger.ts';
import type { ConfigMessage } from '../protocol/client-messages.ts';
import { encodeMessage } from '../protocol/codec.ts';
import { CLOSE, ProtocolError } from '../protocol/errors.ts';
import { InvariantChecker } from '../protocol/invariants.ts';
import { BACKOFF_RESET_AFTER_MS, RESUME_WINDOW_MS } from '../protocol/limits.ts';
import { millisecondsAt } from '../protocol/positions.ts';
import type { ReadyMessage, ServerMessage, SessionEndedMessage } from '../protocol/server-messages.ts';
import { Backoff } from './backoff.ts';
import type { ClientEvent } from './client-events.ts';
import type { Connect, ConnectRequest } from './client-socket.ts';
import { ConnectionError } from './connection-error.ts';
import { Link, type LinkEnd } from './link.ts';
import { describeLinkEnd, finalError } from './link-end.ts';
import { SessionContinuity } from './session-continuity.ts';
import type { SampleRange, Uplink } from './uplink.ts';

/**
 * Where a stream's connection stands. `connecting`: the socket is being opened. `configuring`: `config` was
 * sent. `streaming`: `ready` came. `waiting`: for the next attempt. `over`: nothing happens any more.
 */
export type ConnectionState = 'idle' | 'connecting' | 'configuring' | 'streaming' | 'waiting' | 'over';

/** How a stream ended. */
export interface StreamOutcome {
  /** Why it could not go on; `null` where the server ended it or the user gave it up. */
  readonly error: Error | null;
  readonly ended: SessionEndedMessage | null;
}

/** What a stream's connection tells its owner; never from within the owner's own calls but `giveUp`. */
export interface StreamConnectionHandler {
  event(event: ClientEvent): void;
  ready(ready: ReadyMessage): void;
  /** A message arrived and was dealt with. */
  heard(): void;
  /** Called once; nothing follows. */
  over(outcome: StreamOutcome): void;
}

export interface StreamConnectionOptions {
  readonly connect: Connect;
  /** Asked for each connection anew. */
  readonly request: () => ConnectRequest;
  /** With every field but `resume` and `start_sample`, which each connection has its own of. */
  readonly config: ConfigMessage;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly maxRetries: number;
  readonly maxBackoffMs: number;
  readonly checkInvariants: boolean;
}

/** One stream's connection to its server, over as many sockets as it takes. */
export class StreamConnection {
  readonly #options: StreamConnectionOptions;
  readonly #uplink: Uplink;
  readonly #handler: StreamConnectionHandler;
  readonly #continuity = new SessionContinuity();
  readonly #backoff: Backoff;
  readonly #invariants: InvariantChecker | null;
  #state: ConnectionState = 'idle';
  #link: Link | null = null;
  #retry: Timer | null = null;
  /** A fatal `error` that arrived on the present link. */
  #fatal: ProtocolError | null = null;
  #readyAtMs: number | null = null;
  /** When the session was last known to be attached. */
  #lostAtMs: number | null = null;
  #resumeWindowMs = RESUME_WINDOW_MS;

  constructor(options: StreamConnectionOptions, uplink: Uplink, handler: StreamConnectionHandler) {
    this.#options = options;
    this.#uplink = uplink;
    this.#handler = handler;
    this.#backoff = new Backoff(options.random, options.maxBackoffMs);
    this.#invariants = options.checkInvariants ? new InvariantChecker() : null;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Opens the next socket. Called by the owner once; the rest happens by itself. */
  connect(): void {
    if (this.#state !== 'idle' && this.#state !== 'waiting') return;
    this.#state = 'connecting';
    this.#fatal = null;
    this.#readyAtMs = null;
    this.#handler.event({ type: 'connection', state: 'connecting', attempt: this.#backoff.attempts });
    const { connect, request, clock, logger } = this.#options;
    const lastSeq = () => this.#continuity.lastSeq;
    this.#link = new Link(
      { connect, request: request(), clock, logger, lastSeq },
      {
        opened: () => this.#configure(),
        message: (message) => {
          this.#receive(message);
          this.#handler.heard();
        },
        invalid: (complaint) => this.#violation(complaint),
        ended: (end) => this.#linkEnded(end),
      },
    );
  }

  /** Does not wait any longer for the attempt that is due next. */
  retryNow(): void {
    if (this.#state !== 'waiting') return;
    this.#retry?.cancel();
    this.connect();
  }

  /** Ends the stream at once, whatever is still on its way. @param error what to tell the user, if anything. */
  giveUp(error: Error | null): void {
    this.#finish({ error, ended: null });
  }

  #configure(): void {
    this.#state = 'configuring';
    const { resume } = this.#continuity;
    this.#link?.send(
      encodeMessage({
        ...this.#options.config,
        start_sample: this.#uplink.restartAt,
        ...(resume ? { resume } : {}),
      }),
    );
  }

  #receive(message: ServerMessage): void {
    const beforeReady = message.type === 'ready' || message.type === 'error' || message.type === 'ack';
    if (this.#state === 'configuring' && !beforeReady) {
      this.#violation(`The server sent "${message.type}" before "ready".`);
      return;
    }
    // Before `ready` an `ack` only says that the server is there.
    if (this.#state === 'configuring' && message.type === 'ack') return;
    if (!this.#keepsPromises(message)) return;
    switch (message.type) {
      case 'ready':
        this.#ready(message);
        break;
      case 'ack':
        this.#uplink.acknowledge(message.received_samples, message.committed_samples);
        break;
      case 'error':
        if (message.fatal) this.#fatal = ProtocolError.fromMessage(message);
        else this.#handler.event(message);
        break;
      case 'partial':
      case 'flow':
      case 'draining':
        this.#handler.event(this.#continuity.translate(message));
        break;
      case 'speech_started':
      case 'speech_ended':
      case 'final':
      case 'flushed':
      case 'session_ended': {
        const missed = message.seq - this.#continuity.lastSeq - 1;
        if (!this.#continuity.accept(message)) break;
        if (missed > 0) this.#violation(`The server left out ${missed} events before event ${message.seq}.`);
        this.#handler.event(this.#continuity.translate(message));
        if (message.type === 'final') this.#uplink.commit(message.committed_samples);
        if (message.type === 'flushed') this.#uplink.flushed(message.id);
        if (message.type === 'session_ended') {
          this.#finish({ error: message.reason === 'error' ? this.#fatal : null, ended: message });
        }
        break;
      }
    }
  }

  #ready(ready: ReadyMessage): void {
    const link = this.#link;
    if (this.#state !== 'configuring' || !link) {
      this.#violation('The server sent "ready" twice on one connection.');
      return;
    }
    const committed = this.#uplink.committed;
    const continuation = this.#continuity.begin(ready);
    const sampleRate = this.#options.config.sample_rate;
    if (continuation === 'restarted') {
      const restartedAt = millisecondsAt(Math.max(committed, ready.next_sample), sampleRate);
      for (const event of this.#continuity.closeOpenEnds(restartedAt)) this.#handler.event(event);
    }
    this.#state = 'streaming';
    this.#readyAtMs = this.#options.clock.now();
    this.#lostAtMs = null;
    this.#resumeWindowMs = ready.limits.resume_window_ms;
    this.#options.logger.info('The stream is connected.', {
      continuation,
      nextSample: ready.next_sample,
      lastSeq: ready.last_seq,
    });
    this.#handler.event({ type: 'connection', state: continuation, ready });
    let missing: SampleRange | null;
    try {
      missing = this.#uplink.start(
        { send: (frame) => link.send(frame), askForAck: () => link.keepalive() },
        ready.next_sample,
        ready.resumed,
      );
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      this.giveUp(
        new ConnectionError(
          'protocol_violation',
          `The server lost track of the stream. ${cause.message} Start a new stream.`,
          { cause },
        ),
      );
      return;
    }
    if (missing) this.#gap(missing);
    this.#handler.ready(ready);
  }

  #gap({ from, to }: SampleRange): void {
    const { sample_rate: sampleRate } = this.#options.config;
    const startMs = millisecondsAt(from, sampleRate);
    const endMs = Math.ceil((to * 1000) / sampleRate);
    this.#options.logger.warn('Some audio could not be sent again; the transcript has a gap.', {
      startMs,
      endMs,
    });
    this.#handler.event({ type: 'gap', start_ms: startMs, end_ms: endMs, reason: 'not_buffered' });
  }

  #linkEnded(end: LinkEnd): void {
    const wasConfigured = this.#state === 'streaming';
    const fatal = this.#fatal;
    this.#link = null;
    this.#uplink.stop();
    const final = finalError(end, fatal);
    if (final) {
      this.#finish({ error: final, ended: null });
      return;
    }
    const nowMs = this.#options.clock.now();
    if (wasConfigured && nowMs - (this.#readyAtMs ?? nowMs) >= BACKOFF_RESET_AFTER_MS) this.#backoff.reset();
    this.#lostAtMs ??= nowMs;
    const reason = fatal?.message ?? describeLinkEnd(end);
    const everReady = this.#continuity.resume !== null;
    if (this.#backoff.attempts >= this.#options.maxRetries) {
      this.#finish({ error: this.#exhausted(reason, everReady, end, fatal), ended: null });
      return;
    }
    const delayMs = this.#backoff.next(everReady && nowMs - this.#lostAtMs < this.#resumeWindowMs);
    this.#state = 'waiting';
    // Nothing else may be open meanwhile, and the stream is not over.
    this.#retry = this.#options.clock.setTimer(delayMs, () => this.connect(), { keepsProcessAlive: true });
    this.#options.logger.warn('The connection was lost.', { delayMs, attempt: this.#backoff.attempts });
    this.#handler.event({ type: 'connection', state: 'lost', reason, retry_in_ms: Math.round(delayMs) });
  }

  #exhausted(reason: string, everReady: boolean, end: LinkEnd, fatal: ProtocolError | null): ConnectionError {
    const cause = fatal ?? (end.kind === 'closed' ? end.cause : undefined);
    const retries = `after ${this.#backoff.attempts} retries`;
    return everReady
      ? new ConnectionError('retries_exhausted', `The connection was lost for good ${retries}. ${reason}`, {
          cause,
        })
      : new ConnectionError(
          'connection_failed',
          `No connection could be made ${retries}. ${reason} Is the server running at that address?`,
          { cause },
        );
  }

  #violation(complaint: string): void {
    this.#options.logger.warn('The server broke the protocol.', { complaint });
    this.#handler.event({ type: 'violation', message: complaint });
  }

  /** @returns false where the message broke a promise and that ended the stream. */
  #keepsPromises(message: ServerMessage): boolean {
    const broken = this.#invariants?.check(message, this.#uplink.sentTo) ?? [];
    if (broken.length === 0) return true;
    this.giveUp(
      new ConnectionError('protocol_violation', `The server broke its promises. ${broken.join(' ')}`),
    );
    return false;
  }

  #finish(outcome: StreamOutcome): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#retry?.cancel();
    this.#uplink.stop();
    this.#link?.close(CLOSE.normal, outcome.ended ? 'The session has ended.' : 'The client gave up.');
    this.#link = null;
    this.#handler.over(outcome);
  }
}
