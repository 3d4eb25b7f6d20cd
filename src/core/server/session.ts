import { EngineError } from '../engine/engine.ts';
import type { Timer } from '../foundation/clock.ts';
import { describeError } from '../foundation/errors.ts';
import type { FlushId } from '../protocol/client-messages.ts';
import { ProtocolError } from '../protocol/errors.ts';
import { DRAINING_INTERVAL_MS } from '../protocol/limits.ts';
import type {
  FlowMessage,
  PartialMessage,
  SequencedMessage,
  SessionEndedMessage,
} from '../protocol/server-messages.ts';
import type { FinalEvent, RecognitionEvent } from '../recognition/events.ts';
import type { StreamRecognizer } from '../recognition/recognizer-types.ts';
import { AckPacer } from './ack-pacer.ts';
import { FlushLedger } from './flush-ledger.ts';
import { Outbox, type Unsequenced } from './outbox.ts';
import type { SessionDependencies, SessionListener } from './session-dependencies.ts';
import type { SessionMessage, SessionSink, StreamSettings } from './session-messages.ts';
import { StreamAudio } from './stream-audio.ts';

/**
 * - `receiving`: takes audio.
 * - `draining`: the client said `end_of_stream`; what is left is being decoded.
 * - `ended`: `session_ended` is out; kept only so that a lost client can fetch it.
 * - `dropped`: gone; nothing is kept.
 */
export type SessionState = 'receiving' | 'draining' | 'ended' | 'dropped';

/**
 * The server's state for one stream, whatever dialect its client speaks: positions, recogniser, the events
 * that a client has not confirmed, and at most one consumer. Connections come and go; the session stays.
 */
export class StreamSession {
  readonly id: string;
  readonly settings: StreamSettings;
  readonly #dependencies: SessionDependencies;
  readonly #recognizer: StreamRecognizer;
  readonly #audio: StreamAudio;
  readonly #outbox = new Outbox();
  readonly #flushes = new FlushLedger();
  readonly #acks: AckPacer;
  readonly #listeners = new Set<SessionListener>();
  #state: SessionState = 'receiving';
  #sink: SessionSink | null = null;
  #flow: FlowMessage | null = null;
  #partial: PartialMessage | null = null;
  #intakeOpen = true;
  #drainingTimer: Timer | null = null;
  #released = false;

  constructor(id: string, settings: StreamSettings, dependencies: SessionDependencies) {
    this.id = id;
    this.settings = settings;
    this.#dependencies = dependencies;
    this.#audio = new StreamAudio(settings.format, settings.startSample, dependencies.resampler);
    this.#acks = new AckPacer(dependencies.clock, this.#audio);
    this.#recognizer = dependencies.createRecognizer({
      onEvent: (event) => this.#recognized(event),
      onFailure: (error) => this.#fail(error),
    });
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Whether a consumer is attached. */
  get attached(): boolean {
    return this.#sink !== null;
  }

  /** Where audio must continue. */
  get nextSample(): number {
    return this.#audio.received;
  }

  /** Audio before this position is accounted for. */
  get committedSamples(): number {
    return this.#audio.committed;
  }

  /** Whether any audio arrived. */
  get hasAudio(): boolean {
    return this.#audio.received > this.settings.startSample;
  }

  /** Number of the newest event. */
  get lastSeq(): number {
    return this.#outbox.lastSeq;
  }

  /** The segment being spoken, if a partial of it is out. */
  get partial(): PartialMessage | null {
    return this.#partial;
  }

  /** Whether every event after `seq` can still be sent again. */
  canReplayAfter(seq: number): boolean {
    return this.#outbox.holdsAfter(seq);
  }

  /**
   * Makes `sink` the consumer. It gets every event after `afterSeq`, then the present `flow`, `ack` and
   * `partial`, then what follows. A consumer that was attached is to be displaced first.
   */
  attach(sink: SessionSink, afterSeq: number | null = null): void {
    if (this.#state !== 'ended') this.#sink = sink;
    if (afterSeq !== null) {
      this.#outbox.confirm(afterSeq);
      for (const event of this.#outbox.after(afterSeq)) sink.message(event);
    }
    // Ended sessions have no consumer, and a consumer may have given up during the replay.
    if (this.#sink !== sink) return;
    this.#acks.start((ack) => this.#say(ack));
    if (afterSeq !== null) {
      if (this.#flow) sink.message(this.#flow);
      this.#acks.sendNow();
      if (this.#partial) sink.message(this.#partial);
    }
    this.#recognizer.holdStall(false);
    if (!this.#intakeOpen) sink.intake(false);
    if (this.#state === 'draining') this.#scheduleDraining();
  }

  /** Tells the present consumer that it was replaced. */
  displace(): void {
    const sink = this.#sink;
    this.#letGo();
    sink?.replaced();
  }

  /** `sink` lost its client. Does nothing where another one is attached by now. */
  detach(sink: SessionSink): void {
    if (this.#sink !== sink) return;
    this.#letGo();
    if (this.#state === 'dropped') return;
    this.#recognizer.holdStall(true);
    this.#dependencies.keeper.sessionDetached(this);
  }

  /** Tells `listener` every message from now on, until `signal` is aborted. */
  listen(listener: SessionListener, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  /**
   * Takes audio in the stream's format.
   * @returns `after_end` where it came after `end_of_stream` and was dropped.
   * @throws {ProtocolError} `bad_audio`, see {@link StreamAudio.take}.
   */
  pushAudio(bytes: Uint8Array): 'taken' | 'after_end' {
    if (this.#state !== 'receiving') return 'after_end';
    const before = this.#audio.received;
    const audio = this.#audio.take(bytes);
    const seconds = (this.#audio.received - before) / this.settings.format.sampleRate;
    this.#dependencies.observer.audioReceived?.(seconds);
    this.#pushToRecognizer(audio);
    this.#acks.changed();
    return 'taken';
  }

  /**
   * Finalises what was received so far; answered by `flushed`, once an id.
   * @throws {ProtocolError} `overloaded` where too many are waiting for their answer.
   */
  flush(id: FlushId): void {
    if (this.#state === 'ended' || this.#state === 'dropped') return;
    if (this.#flushes.full) {
      throw new ProtocolError('overloaded', 'Too many flushes wait for their answer; wait for "flushed".');
    }
    if (!this.#flushes.request(id)) return;
    // After the end everything is being finalised anyway; the answer comes with the rest.
    if (this.#state === 'receiving') this.#recognizer.flush(id);
  }

  /** No more audio will come. Safe to call again. */
  endInput(): void {
    if (this.#state !== 'receiving') return;
    this.#state = 'draining';
    this.#pushToRecognizer(this.#audio.end());
    this.#intakeOpen = true;
    if (this.#sink) this.#scheduleDraining();
    this.#recognizer.end().then(
      () => this.#finish(),
      (error: unknown) => this.#fail(error instanceof Error ? error : new Error(describeError(error))),
    );
  }

  /** Sends an `ack` now. */
  acknowledge(): void {
    this.#acks.sendNow();
  }

  /** The client has every event up to `seq`. */
  confirm(seq: number): void {
    this.#outbox.confirm(seq);
  }

  /** Ends the session without a word, and keeps nothing. Safe to call again. */
  drop(): void {
    if (this.#state === 'dropped') return;
    this.#state = 'dropped';
    this.#letGo();
    this.#release();
    this.#dependencies.keeper.sessionDropped(this);
  }

  #pushToRecognizer(audio: Float32Array): void {
    if (audio.length > 0) this.#recognizer.push(audio);
  }

  #recognized(event: RecognitionEvent): void {
    if (this.#state === 'ended' || this.#state === 'dropped') return;
    switch (event.type) {
      case 'speech_started':
      case 'speech_ended':
        this.#publish(event);
        return;
      case 'partial':
        this.#partial = event.text === '' ? null : event;
        this.#say(event);
        return;
      case 'final':
        this.#publishFinal(event);
        return;
      case 'committed':
        this.#audio.commit(event.position);
        this.#acks.changed();
        return;
      case 'flushed':
        if (this.#flushes.answer(event.id)) this.#publish({ type: 'flushed', id: event.id });
        return;
      case 'flow':
        this.#flow = event;
        this.#say(event);
        return;
      case 'intake':
        // After the end there is nothing left to keep out.
        if (this.#state !== 'receiving') return;
        this.#intakeOpen = event.open;
        this.#sink?.intake(event.open);
        return;
    }
  }

  #publishFinal(event: FinalEvent): void {
    const { position, words, ...final } = event;
    if (this.#partial?.segment_id === event.segment_id) this.#partial = null;
    this.#publish({
      ...final,
      ...(words ? { words: [...words] } : {}),
      committed_samples: this.#audio.commit(position),
    });
    this.#acks.changed();
  }

  #publish(event: Unsequenced<SequencedMessage>): SequencedMessage {
    const message = this.#outbox.add(event);
    this.#say(message);
    return message;
  }

  #say(message: SessionMessage): void {
    this.#sink?.message(message);
    for (const listener of this.#listeners) listener.message(message);
  }

  #scheduleDraining(): void {
    this.#drainingTimer?.cancel();
    this.#drainingTimer = this.#dependencies.clock.setTimer(DRAINING_INTERVAL_MS, () => {
      this.#say({ type: 'draining', queued_ms: Math.round(this.#recognizer.backlogMs) });
      this.#scheduleDraining();
    });
  }

  #finish(): void {
    if (this.#state !== 'draining') return;
    for (const id of this.#flushes.pending) {
      this.#flushes.answer(id);
      this.#publish({ type: 'flushed', id });
    }
    this.#audio.commitAll();
    this.#acks.sendNow();
    const audioMs = this.#audio.receivedMs;
    this.#publish(
      this.#ending('end_of_stream', `The stream has ended; ${audioMs / 1000} s of audio were transcribed.`),
    );
    this.#conclude();
  }

  #fail(cause: Error): void {
    if (this.#state === 'ended' || this.#state === 'dropped') return;
    const { logger, keeper } = this.#dependencies;
    logger.error('A session failed with its engine.', {
      session: this.id,
      code: cause instanceof EngineError ? cause.code : 'unknown',
      reason: cause.message,
    });
    const error = engineFailure(cause);
    const sink = this.#sink;
    if (!error.retryable) {
      // Added without being said: the consumer gets it after the error it explains.
      const ended = this.#outbox.add(this.#ending('error', error.message)) as SessionEndedMessage;
      this.#conclude();
      sink?.failed(error, ended);
      return;
    }
    // Not kept: a client that tries again starts afresh where it was committed, on an engine that works.
    this.#state = 'dropped';
    this.#letGo();
    this.#release();
    keeper.sessionDropped(this);
    sink?.failed(error, null);
  }

  #ending(reason: SessionEndedMessage['reason'], message: string): Unsequenced<SessionEndedMessage> {
    return {
      type: 'session_ended',
      message,
      reason,
      audio_ms: this.#audio.receivedMs,
      last_seq: this.#outbox.lastSeq + 1,
    };
  }

  #conclude(): void {
    this.#state = 'ended';
    this.#letGo();
    this.#release();
    this.#dependencies.keeper.sessionEnded(this);
  }

  /** Parts from the consumer without telling it. */
  #letGo(): void {
    this.#sink = null;
    this.#acks.stop();
    this.#drainingTimer?.cancel();
    this.#drainingTimer = null;
  }

  #release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#partial = null;
    this.#recognizer.close();
    this.#audio.close();
    this.#dependencies.release();
    for (const listener of [...this.#listeners]) listener.over();
    this.#listeners.clear();
  }
}

/** What a client is told when decoding its stream failed for good. */
function engineFailure(cause: Error): ProtocolError {
  if (cause instanceof EngineError && cause.code === 'request_rejected') {
    const message = `The engine cannot decode this stream: ${cause.message}`;
    return new ProtocolError('engine_error', message, { retryable: false, cause });
  }
  return new ProtocolError(
    'engine_error',
    'The speech engine failed and could not be restarted. Try again; if it goes on, restart the server or choose another model.',
    { cause },
  );
}
