import { type Clock, systemClock } from '../foundation/clock.ts';
import { type Logger, silentLogger } from '../foundation/logger.ts';
import {
  type ConfigMessage,
  configSchema,
  type FlushId,
  parseClientMessage,
} from '../protocol/client-messages.ts';
import { BACKOFF_MAX_MS, DEFAULT_MAX_RETRIES } from '../protocol/limits.ts';
import type { ReadyMessage } from '../protocol/server-messages.ts';
import { type ClientEvent, supersedes } from './client-events.ts';
import { randomSessionId, type StreamingClientOptions, sessionUrl } from './client-options.ts';
import { ClosingWatch } from './closing-watch.ts';
import { ConnectionError } from './connection-error.ts';
import { EventQueue } from './event-queue.ts';
import { type ConnectionState, StreamConnection, type StreamOutcome } from './stream-connection.ts';
import { Uplink } from './uplink.ts';

/** Queued audio below which {@link StreamingClient.drained} says that more is welcome. */
const DRAINED_BELOW_MS = 5_000;
const DEFAULT_MAX_QUEUED_MS = 60_000;

/** How a stream ended for whoever closed it. */
export interface CloseResult {
  /** Every sample that was pushed has been transcribed. */
  readonly complete: boolean;
}

interface ReadyWaiter {
  resolve(ready: ReadyMessage): void;
  reject(error: Error): void;
}

/**
 * Streams audio to a server and iterates over what it hears. It survives lost connections and restarted
 * servers; what that means for the transcript is said in `connection` and `gap` events.
 *
 * Iteration ends after `session_ended`, `close()` or `abort()` (the last event, `closed`, says whether the
 * transcript is complete) and throws {@link ProtocolError} or {@link ConnectionError} where the stream
 * cannot go on.
 */
export class StreamingClient implements AsyncIterable<ClientEvent> {
  readonly sessionId: string;
  readonly #config: ConfigMessage;
  readonly #uplink: Uplink;
  readonly #connection: StreamConnection;
  readonly #events = new EventQueue<ClientEvent>(supersedes);
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #maxQueuedMs: number;
  readonly #detachSignal = new AbortController();
  readonly #flushIds = new Set<FlushId>();
  readonly #drainedWaiters: (() => void)[] = [];
  readonly #readyWaiters: ReadyWaiter[] = [];
  readonly #closeWaiters: ((result: CloseResult) => void)[] = [];
  #ready: ReadyMessage | null = null;
  #closing: ClosingWatch | null = null;
  #result: (CloseResult & { readonly error: Error | null }) | null = null;
  #hasGap = false;
  /** Why frames are being refused, so that each stretch of refusals is logged once. */
  #refusing: string | null = null;

  /**
   * Use {@link createStreamingClient}, which also connects.
   * @throws {ProtocolError} `bad_config` and its kin; {@link ConnectionError} where the URL is not one.
   */
  constructor(options: StreamingClientOptions) {
    this.sessionId = options.sessionId ?? randomSessionId();
    this.#config = parseConfig(options);
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#maxQueuedMs = options.maxQueuedMs ?? DEFAULT_MAX_QUEUED_MS;
    const { encoding, sample_rate: sampleRate, channels } = this.#config;
    this.#uplink = new Uplink({ encoding, sampleRate, channels });
    const { token = null } = options;
    const url = sessionUrl(options.url, this.sessionId);
    this.#connection = new StreamConnection(
      {
        connect: options.connect,
        request: () => ({ url, token: typeof token === 'function' ? token() : token }),
        config: this.#config,
        clock: this.#clock,
        logger: this.#logger,
        random: options.random ?? Math.random,
        maxRetries: options.maxRetries ?? DEFAULT_MAX_RETRIES,
        maxBackoffMs: options.maxBackoffMs ?? BACKOFF_MAX_MS,
        checkInvariants: options.checkInvariants ?? false,
      },
      this.#uplink,
      {
        event: (event) => this.#event(event),
        ready: (ready) => this.#becameReady(ready),
        heard: () => this.#heard(),
        over: (outcome) => this.#over(outcome),
      },
    );
    const { signal } = options;
    if (signal?.aborted) this.#aborted(signal.reason);
    else {
      signal?.addEventListener('abort', () => this.#aborted(signal.reason), {
        once: true,
        signal: this.#detachSignal.signal,
      });
      this.#connection.connect();
    }
  }

  /** Where the connection stands. */
  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** Audio pushed but never sent yet, in milliseconds. */
  get bufferedMs(): number {
    return this.#uplink.queuedMs;
  }

  /**
   * Queues audio, connected or not.
   * @param frame raw audio in the configured encoding, copied; bytes after its last whole sample are cut off.
   * @returns false where it was refused: after `endInput()` or the end, or because `maxQueuedMs` of audio
   * already wait. A program that reads faster than speech awaits {@link drained} between frames.
   */
  pushFrame(frame: Uint8Array): boolean {
    if (this.#result) return this.#refuse('the stream is over');
    if (this.#uplink.inputEnded) return this.#refuse('the input was ended');
    const whole = this.#uplink.wholeSamples(frame);
    if (whole.length < frame.length) {
      this.#logger.warn('A frame ended inside a sample; the rest of it was cut off.', {
        cutBytes: frame.length - whole.length,
      });
    }
    if (this.#uplink.queuedMs + this.#uplink.durationMs(whole.length) > this.#maxQueuedMs) {
      return this.#refuse('the queue is full');
    }
    this.#refusing = null;
    if (whole.length > 0) this.#uplink.push(whole);
    return whole.length > 0 || frame.length === 0;
  }

  /**
   * Asks for everything pushed so far to be made final.
   * @param id must not be used twice in a stream; made where absent.
   * @returns true once it is done, false where the stream ended first. Never rejects.
   */
  flush(id: FlushId = `flush-${this.#flushIds.size + 1}`): Promise<boolean> {
    if (this.#result) return Promise.resolve(this.#result.complete);
    const pending = this.#uplink.pendingFlush(id);
    if (pending) return pending;
    if (this.#flushIds.has(id)) {
      this.#logger.warn('A flush was refused: its id was answered before. Use a new one.');
      return Promise.resolve(false);
    }
    this.#flushIds.add(id);
    return this.#uplink.flush(id);
  }

  /** No more audio will come; the server finishes what it has and ends the session. */
  endInput(): void {
    if (!this.#result && !this.#uplink.inputEnded) this.#uplink.endInput();
  }

  /**
   * Ends the input and waits for the rest of the transcript: while messages arrive (10 s without any), for
   * 60 s at most. Call {@link endInput} and iterate to the end to wait longer. Never rejects.
   */
  close(): Promise<CloseResult> {
    if (this.#result) return Promise.resolve({ complete: this.#result.complete });
    this.endInput();
    this.#closing ??= new ClosingWatch(this.#clock, (why) => {
      this.#logger.warn(`The transcript may be incomplete. ${why}`);
      this.#connection.giveUp(null);
    });
    return new Promise((resolve) => this.#closeWaiters.push(resolve));
  }

  /** Gives the stream and what the server still holds of it up at once. */
  abort(): void {
    this.#connection.giveUp(null);
  }

  /** Connects now, where the next attempt is only due later: the network is back, or the machine woke up. */
  retryNow(): void {
    this.#connection.retryNow();
  }

  /** Waits for the first `ready`. @throws what ended the stream before it. */
  ready(): Promise<ReadyMessage> {
    if (this.#ready) return Promise.resolve(this.#ready);
    if (this.#result) return Promise.reject(this.#result.error ?? overBeforeReady());
    return new Promise((resolve, reject) => this.#readyWaiters.push({ resolve, reject }));
  }

  /** Waits until little audio is queued, or the stream is over. */
  drained(): Promise<void> {
    if (this.#isDrained()) return Promise.resolve();
    return new Promise((resolve) => this.#drainedWaiters.push(resolve));
  }

  [Symbol.asyncIterator](): AsyncIterator<ClientEvent, undefined> {
    return this.#events[Symbol.asyncIterator]();
  }

  #event(event: ClientEvent): void {
    if (event.type === 'gap') this.#hasGap = true;
    this.#events.push(event);
  }

  #becameReady(ready: ReadyMessage): void {
    this.#ready ??= ready;
    for (const waiter of this.#readyWaiters.splice(0)) waiter.resolve(ready);
  }

  #heard(): void {
    this.#closing?.heard();
    if (this.#isDrained()) for (const resolve of this.#drainedWaiters.splice(0)) resolve();
  }

  #aborted(reason: unknown): void {
    this.#connection.giveUp(new ConnectionError('aborted', 'The stream was aborted.', { cause: reason }));
  }

  #over({ error, ended }: StreamOutcome): void {
    const complete = ended?.reason === 'end_of_stream' && this.#uplink.inputEnded && !this.#hasGap;
    this.#result = { complete, error };
    this.#closing?.cancel();
    this.#detachSignal.abort();
    this.#uplink.settleFlushes(complete);
    this.#events.push({ type: 'connection', state: 'closed', complete });
    this.#events.end(error);
    for (const waiter of this.#readyWaiters.splice(0)) waiter.reject(error ?? overBeforeReady());
    for (const resolve of this.#drainedWaiters.splice(0)) resolve();
    for (const resolve of this.#closeWaiters.splice(0)) resolve({ complete });
  }

  #isDrained(): boolean {
    return (
      this.#result !== null || this.#uplink.queuedMs <= Math.min(DRAINED_BELOW_MS, this.#maxQueuedMs / 2)
    );
  }

  #refuse(why: string): false {
    if (this.#refusing !== why) this.#logger.warn(`Audio was refused because ${why}.`);
    this.#refusing = why;
    return false;
  }
}

/** Makes a client, which begins to connect at once. @throws as {@link StreamingClient}'s constructor does. */
export function createStreamingClient(options: StreamingClientOptions): StreamingClient {
  return new StreamingClient(options);
}

/** Checked here already: a mistake is told where it was made, not after a round trip. */
function parseConfig({ config }: StreamingClientOptions): ConfigMessage {
  const message = parseClientMessage({ ...config, type: 'config' });
  return message.type === 'config' ? message : configSchema.parse({ type: 'config' });
}

function overBeforeReady(): ConnectionError {
  return new ConnectionError('aborted', 'The stream was closed before the server was ready.');
}
