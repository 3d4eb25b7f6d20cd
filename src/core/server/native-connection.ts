import type { Timer } from '../foundation/clock.ts';
import { describeError } from '../foundation/errors.ts';
import { type ClientMessage, type ConfigMessage, parseClientMessage } from '../protocol/client-messages.ts';
import { decodeJsonObject } from '../protocol/codec.ts';
import { CLOSE, ProtocolError } from '../protocol/errors.ts';
import {
  CONFIG_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  KEEPALIVE_INTERVAL_MS,
  MODEL_LOADING_NOTICE_MS,
} from '../protocol/limits.ts';
import type { SessionEndedMessage } from '../protocol/server-messages.ts';
import { type Connection, truncateCloseReason } from './connection.ts';
import {
  alreadyConfigured,
  audioAfterEnd,
  audioBeforeReady,
  beforeReady,
  configRequired,
  configTimeout,
  engineUnavailable,
  idleTimeout,
  modelLoading,
  readingTooSlowly,
  replaced,
  serverFault,
  serverShutdown,
} from './native-errors.ts';
import { errorMessage, readyMessage } from './native-messages.ts';
import { Outgoing } from './outgoing.ts';
import type { StreamSession } from './session.ts';
import type { SessionMessage, SessionSink } from './session-messages.ts';
import type { Reservation } from './session-registry.ts';
import { requireSameFormat, resolveSettings } from './stream-settings.ts';
import type { DialectConnection, StreamingContext } from './streaming-context.ts';

/**
 * - `awaiting_config`: nothing was received yet.
 * - `loading`: `config` was taken; the engine is being waited for.
 * - `streaming`: `ready` was sent.
 * - `draining`: the client said `end_of_stream`.
 * - `closed`: the close was begun, by either side; nothing is sent any more.
 */
type ConnectionState = 'awaiting_config' | 'loading' | 'streaming' | 'draining' | 'closed';

/** One client's connection in the native protocol, `surtitle.v1`. */
export class NativeConnection implements DialectConnection {
  readonly #connection: Connection;
  readonly #context: StreamingContext;
  readonly #sessionId: string;
  readonly #outgoing: Outgoing;
  readonly #sink: SessionSink;
  readonly #onClosed: () => void;
  #state: ConnectionState = 'awaiting_config';
  #session: StreamSession | null = null;
  #reservation: Reservation | null = null;
  /** The one deadline of the present state: for `config`, the next notice of loading, or being idle. */
  #timer: Timer | null = null;
  #reading = true;
  #toldAudioAfterEnd = false;

  /** @param onClosed called once, when the connection is over for the server. */
  constructor(connection: Connection, sessionId: string, context: StreamingContext, onClosed: () => void) {
    this.#connection = connection;
    this.#sessionId = sessionId;
    this.#context = context;
    this.#onClosed = onClosed;
    this.#outgoing = new Outgoing(connection, () => this.#fail(readingTooSlowly()));
    this.#sink = {
      message: (message) => this.#say(message),
      failed: (error, ended) => this.#sessionFailed(error, ended),
      replaced: () => this.#fail(replaced()),
      intake: (open) => this.#setReading(open),
    };
    this.#setTimer(CONFIG_TIMEOUT_MS, () => this.#fail(configTimeout()));
  }

  text(text: string): void {
    if (this.#state === 'closed') return;
    this.#restartIdleTimer();
    this.#guard(() => {
      const decoded = decodeJsonObject(text);
      if (this.#state === 'awaiting_config' && decoded.type !== 'config') throw configRequired(decoded.type);
      if (this.#state !== 'awaiting_config' && decoded.type === 'config') throw alreadyConfigured();
      this.#handle(parseClientMessage(decoded));
    });
  }

  binary(bytes: Uint8Array): void {
    if (this.#state === 'closed') return;
    this.#restartIdleTimer();
    this.#guard(() => {
      if (this.#state === 'awaiting_config') throw configRequired('audio');
      if (!this.#session) throw audioBeforeReady();
      if (this.#session.pushAudio(bytes) === 'taken' || this.#toldAudioAfterEnd) return;
      this.#toldAudioAfterEnd = true;
      throw audioAfterEnd();
    });
  }

  closed(code: number): void {
    if (this.#state === 'closed') return;
    const session = this.#session;
    this.#leave();
    // A client that says 1000 gave up; any other end is a loss that it may recover from.
    if (code === CLOSE.normal && session?.state !== 'ended') session?.drop();
    else session?.detach(this.#sink);
  }

  drained(): void {
    if (this.#state !== 'closed') this.#outgoing.drained();
  }

  /** The server is going down: the client may take its session elsewhere from where it is committed. */
  shutdown(): void {
    if (this.#state === 'closed') return;
    this.#session?.acknowledge();
    this.#fail(serverShutdown());
  }

  #handle(message: ClientMessage): void {
    switch (message.type) {
      case 'config':
        this.#configure(message);
        return;
      case 'keepalive':
        if (message.last_seq !== undefined) this.#session?.confirm(message.last_seq);
        this.#session?.acknowledge();
        return;
      case 'flush':
        this.#requireReady('flush').flush(message.id);
        return;
      case 'end_of_stream':
        this.#requireReady('end_of_stream').endInput();
        if (this.#state === 'streaming') this.#drain();
        return;
    }
  }

  #requireReady(type: string): StreamSession {
    if (this.#session) return this.#session;
    throw beforeReady(type);
  }

  #configure(config: ConfigMessage): void {
    const claimed = this.#context.registry.claim(this.#sessionId, config.resume, () =>
      this.#fail(replaced()),
    );
    if (claimed.kind === 'resumption') {
      const { session } = claimed;
      requireSameFormat(config, session.settings);
      session.displace();
      this.#context.registry.taken(session);
      this.#context.observer.sessionResumed?.();
      this.#begin(session, claimed.resumeToken, { resumed: true, lastSeq: config.resume?.last_seq ?? 0 });
      return;
    }
    this.#state = 'loading';
    this.#reservation = claimed;
    this.#awaitLoading(MODEL_LOADING_NOTICE_MS);
    this.#open(claimed, config).catch((error: unknown) => this.#openFailed(claimed, error));
  }

  async #open(reservation: Reservation, config: ConfigMessage): Promise<void> {
    const { engine } = this.#context;
    // Waited for only where need be, so that settings are refused in the order in which they came.
    const service = engine.service ?? (await engine.whenReady);
    if (this.#reservation !== reservation) return;
    const settings = resolveSettings(config, service);
    const session = await this.#context.openSession(this.#sessionId, settings, service);
    if (this.#reservation !== reservation) {
      session.drop();
      return;
    }
    this.#reservation = null;
    reservation.fulfil(session);
    this.#context.opened(session);
    this.#begin(session, reservation.resumeToken, { resumed: false, lastSeq: null });
  }

  #openFailed(reservation: Reservation, error: unknown): void {
    if (this.#reservation !== reservation) return;
    if (error instanceof ProtocolError) {
      this.#fail(error);
      return;
    }
    this.#context.logger.error('A session could not be opened.', {
      session: this.#sessionId,
      reason: describeError(error),
    });
    this.#fail(engineUnavailable(error));
  }

  /** @param lastSeq the last event the client has, `null` for a new session. */
  #begin(
    session: StreamSession,
    resumeToken: string,
    { resumed, lastSeq }: { resumed: boolean; lastSeq: number | null },
  ): void {
    this.#state = 'streaming';
    this.#session = session;
    const model = this.#context.engine.service?.model ?? { name: '', multilingual: false };
    this.#outgoing.send(readyMessage(session, { resumed, resumeToken, model }));
    this.#restartIdleTimer();
    if (session.state === 'draining') this.#drain();
    this.#outgoing.replay(() => session.attach(this.#sink, lastSeq));
    // An ended session has nothing to add to what was replayed.
    if (session.state === 'ended') this.#close(CLOSE.normal, 'The session has ended.');
  }

  #drain(): void {
    this.#state = 'draining';
    this.#timer?.cancel();
    this.#timer = null;
    this.#setReading(true);
  }

  #say(message: SessionMessage): void {
    if (this.#state === 'closed') return;
    if (message.type === 'partial') {
      this.#outgoing.sendPartial(message);
    } else if (message.type === 'session_ended') {
      this.#outgoing.sendLast(message);
      this.#close(CLOSE.normal, 'The session has ended.');
    } else {
      this.#outgoing.send(message);
    }
  }

  #sessionFailed(error: ProtocolError, ended: SessionEndedMessage | null): void {
    if (this.#state === 'closed') return;
    this.#sendError(error);
    if (ended) this.#outgoing.sendLast(ended);
    this.#close(error.close ?? CLOSE.engineError, error.message);
  }

  /** Runs what a frame asks for, and tells the client what was wrong with it. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.#fail(error);
        return;
      }
      this.#context.logger.error('A message could not be handled.', {
        session: this.#sessionId,
        reason: describeError(error),
      });
      this.#fail(serverFault(error));
    }
  }

  /** Sends the error; a fatal one ends the connection, and leaves the session to be resumed. */
  #fail(error: ProtocolError): void {
    if (this.#state === 'closed') return;
    this.#sendError(error);
    if (!error.fatal || this.#isClosed()) return;
    const session = this.#session;
    this.#close(error.close ?? CLOSE.badRequest, error.message);
    session?.detach(this.#sink);
  }

  /** Sending may itself end the connection, which the type checker cannot know. */
  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #sendError(error: ProtocolError): void {
    this.#context.observer.errorSent?.(error.code);
    this.#outgoing.send(errorMessage(error));
  }

  #close(code: number, reason: string): void {
    if (this.#state === 'closed') return;
    this.#leave();
    this.#connection.close(code, truncateCloseReason(reason));
  }

  #leave(): void {
    this.#state = 'closed';
    this.#timer?.cancel();
    this.#timer = null;
    this.#session = null;
    this.#reservation?.release();
    this.#reservation = null;
    this.#onClosed();
  }

  #setReading(open: boolean): void {
    if (this.#state === 'closed' || open === this.#reading) return;
    this.#reading = open;
    if (open) this.#connection.resumeReading();
    else this.#connection.pauseReading();
    this.#restartIdleTimer();
  }

  #setTimer(delayMs: number, callback: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#context.clock.setTimer(delayMs, callback);
  }

  #awaitLoading(delayMs: number): void {
    this.#setTimer(delayMs, () => {
      this.#fail(modelLoading());
      // Again and again, since a client takes silence for a lost connection.
      this.#awaitLoading(KEEPALIVE_INTERVAL_MS);
    });
  }

  #restartIdleTimer(): void {
    if (this.#state !== 'streaming') return;
    if (!this.#reading) {
      this.#answerUnread();
      return;
    }
    this.#setTimer(IDLE_TIMEOUT_MS, () => this.#fail(idleTimeout()));
  }

  /** While nothing is read, keepalives are answered unread, so that the client does not take us for lost. */
  #answerUnread(): void {
    this.#setTimer(KEEPALIVE_INTERVAL_MS, () => {
      this.#session?.acknowledge();
      if (this.#state === 'streaming' && !this.#reading) this.#answerUnread();
    });
  }
}
