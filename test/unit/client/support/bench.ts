import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ClientEvent } from '../../../../src/core/client/client-events.ts';
import type { StreamingClientOptions } from '../../../../src/core/client/client-options.ts';
import type {
  ClientSocket,
  ClientSocketHandler,
  ConnectRequest,
} from '../../../../src/core/client/client-socket.ts';
import { createStreamingClient, type StreamingClient } from '../../../../src/core/client/streaming-client.ts';
import type { LogFields, Logger } from '../../../../src/core/foundation/logger.ts';
import { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';
import type { ReadyMessage, ServerMessage } from '../../../../src/core/protocol/server-messages.ts';

/** One connection as a test plays its server. */
export class FakeSocket implements ClientSocket {
  readonly request: ConnectRequest;
  /** Text frames, parsed, and audio frames, in the order in which they were sent. */
  readonly frames: (Record<string, unknown> | Uint8Array)[] = [];
  readonly openedAtMs: number;
  /** How the client ended it. */
  closed: number | 'dropped' | null = null;
  readonly #handler: ClientSocketHandler;

  constructor(request: ConnectRequest, handler: ClientSocketHandler, nowMs: number) {
    this.request = request;
    this.#handler = handler;
    this.openedAtMs = nowMs;
  }

  send(data: string | Uint8Array): void {
    if (this.closed !== null) throw new Error('The client sent on a socket it had closed.');
    this.frames.push(typeof data === 'string' ? JSON.parse(data) : data);
  }

  close(code: number): void {
    this.closed = code;
  }

  drop(): void {
    this.closed = 'dropped';
  }

  open(): this {
    this.#handler.opened();
    return this;
  }

  say(...messages: ServerMessage[]): this {
    for (const message of messages) this.sayRaw(JSON.stringify(message));
    return this;
  }

  sayRaw(data: string | Uint8Array): this {
    this.#handler.message(data);
    return this;
  }

  lose(code = 1006, reason = ''): void {
    this.#handler.closed(code, reason);
  }

  refuse(status: number): void {
    this.#handler.refused(status);
  }

  /** Text frames of one type. */
  texts(type: string): Record<string, unknown>[] {
    return this.frames.flatMap((frame) =>
      frame instanceof Uint8Array || frame.type !== type ? [] : [frame],
    );
  }

  /** Bytes of audio. */
  get audioBytes(): number {
    return this.frames.reduce((sum, frame) => sum + (frame instanceof Uint8Array ? frame.length : 0), 0);
  }

  /** All audio, joined. */
  get audio(): number[] {
    return this.frames.flatMap((frame) => (frame instanceof Uint8Array ? [...frame] : []));
  }
}

/** A client on a network and a clock that the test holds in its hands. */
export class Bench {
  readonly clock = new VirtualClock();
  readonly sockets: FakeSocket[] = [];
  readonly events: ClientEvent[] = [];
  readonly warnings: string[] = [];
  readonly client: StreamingClient;
  /** What iteration threw; `null` while it goes on or where it ended well. */
  error: (Error & { code?: string }) | null = null;
  /** Iteration is over. */
  done = false;

  constructor(options: Partial<StreamingClientOptions> = {}) {
    const log = (message: string, fields?: LogFields) =>
      void this.warnings.push(fields ? `${message} ${JSON.stringify(fields)}` : message);
    const logger: Logger = { debug() {}, info() {}, warn: log, error: log };
    this.client = createStreamingClient({
      url: 'ws://127.0.0.1:8000',
      sessionId: 'session',
      clock: this.clock,
      logger,
      random: () => 0.5,
      checkInvariants: true,
      connect: (request, handler) => {
        const socket = new FakeSocket(request, handler, this.clock.now());
        this.sockets.push(socket);
        return socket;
      },
      ...options,
    });
    void this.#collect();
  }

  /** The newest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('The client has not connected.');
    return socket;
  }

  /** Opens the newest socket and says `ready`. */
  ready(fields: Partial<ReadyMessage> = {}): FakeSocket {
    return this.socket.open().say(ready(fields));
  }

  async advance(durationMs: number): Promise<void> {
    await this.clock.advance(durationMs);
  }

  async settle(): Promise<void> {
    await nextTurn();
  }

  /** The newest socket breaks and the client has connected again. */
  async reconnect(): Promise<FakeSocket> {
    const connections = this.sockets.length;
    this.socket.lose();
    while (this.sockets.length === connections && (await this.clock.step()));
    return this.socket;
  }

  of<T extends ClientEvent['type']>(type: T): Extract<ClientEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<ClientEvent, { type: T }> => event.type === type);
  }

  /** The states of the connection so far. */
  get states(): string[] {
    return this.of('connection').map(({ state }) => state);
  }

  async #collect(): Promise<void> {
    try {
      for await (const event of this.client) this.events.push(event);
    } catch (error) {
      this.error = error as Error;
    }
    this.done = true;
  }
}

export function ready(fields: Partial<ReadyMessage> = {}): ReadyMessage {
  return {
    type: 'ready',
    version: 1,
    session_id: 'session',
    resume_token: 'resume-token',
    resumed: false,
    next_sample: 0,
    last_seq: 0,
    model: { name: 'scripted', multilingual: false },
    language: 'en',
    sample_rate: 16_000,
    channels: 1,
    encoding: 'pcm_s16le',
    limits: {
      max_message_bytes: 1_048_576,
      idle_timeout_ms: 30_000,
      resume_window_ms: 60_000,
      max_session_ms: null,
    },
    ...fields,
  };
}

export function final(seq: number, fields: Partial<Extract<ServerMessage, { type: 'final' }>> = {}) {
  return {
    type: 'final',
    segment_id: 1,
    text: 'Hello.',
    language: 'en',
    start_ms: 0,
    end_ms: 0,
    confidence: 0.9,
    committed_samples: 0,
    seq,
    ...fields,
  } satisfies ServerMessage;
}

export function partial(segment: number, revision: number, text: string, stableText = ''): ServerMessage {
  return {
    type: 'partial',
    segment_id: segment,
    revision,
    text,
    stable_text: stableText,
    start_ms: 0,
    end_ms: 0,
  };
}

export function ack(received: number, committed: number): ServerMessage {
  return { type: 'ack', received_samples: received, committed_samples: committed };
}

export function sessionEnded(
  seq: number,
  reason: 'end_of_stream' | 'error' = 'end_of_stream',
): ServerMessage {
  return { type: 'session_ended', message: 'Over.', reason, audio_ms: 0, last_seq: seq, seq };
}

/** `count` samples of 16-bit audio whose bytes tell where they come from. */
export function audio(count: number, from = 0): Uint8Array {
  const samples = Int16Array.from({ length: count }, (_, index) => from + index + 1);
  return new Uint8Array(samples.buffer);
}

/** Milliseconds of 16 kHz 16-bit audio. */
export function audioMs(durationMs: number): Uint8Array {
  return audio(durationMs * 16);
}
