import { encodePcm } from '../../../src/core/audio/pcm.ts';
import { DecodeScheduler } from '../../../src/core/engine/scheduler.ts';
import { ScriptedEngine, type ScriptedEngineOptions } from '../../../src/core/engine/scripted-engine.ts';
import { type SpelledEntry, spellAudio, spellSentence } from '../../../src/core/engine/spelled-audio.ts';
import { type Logger, silentLogger } from '../../../src/core/foundation/logger.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import type { ConfigInput, FlushId } from '../../../src/core/protocol/client-messages.ts';
import { type ServerMessage, serverMessageSchema } from '../../../src/core/protocol/server-messages.ts';
import { EnergyVoiceActivity } from '../../../src/core/recognition/energy-voice-activity.ts';
import type { RecognitionEvent } from '../../../src/core/recognition/events.ts';
import type {
  RecognizerDependencies,
  StreamRecognizer,
} from '../../../src/core/recognition/recognizer-types.ts';
import type { Connection, ConnectionHandler } from '../../../src/core/server/connection.ts';
import type { SpeechService } from '../../../src/core/server/engine-source.ts';
import {
  StreamingService,
  type StreamingServiceOptions,
} from '../../../src/core/server/streaming-service.ts';

/** A message without the fields that a test does not speak of. */
export type Loose = Record<string, unknown> & { readonly type: string };

/** The server's end of a connection in memory, and the client's hands on it. */
export class TestConnection implements Connection {
  /** Every text frame the server sent. */
  readonly sent: Loose[] = [];
  /** How the server closed it. */
  closing: { readonly code: number; readonly reason: string } | null = null;
  reading = true;
  /** Set by a test that plays a slow reader. */
  bufferedBytes = 0;
  /** Whether what is sent stays unsent. */
  clogged = false;
  handler: ConnectionHandler | null = null;
  #gone = false;

  send(text: string): void {
    if (this.closing || this.#gone) return;
    const message: unknown = JSON.parse(text);
    if ((message as Loose).type !== 'snapshot') serverMessageSchema.parse(message);
    this.sent.push(message as Loose);
    if (this.clogged) this.bufferedBytes += text.length;
  }

  close(code: number, reason: string): void {
    this.closing ??= { code, reason };
  }

  pauseReading(): void {
    this.reading = false;
  }

  resumeReading(): void {
    this.reading = true;
  }

  /** The client sends a message. */
  say(message: object | string): void {
    this.handler?.text(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The client sends audio. */
  audio(bytes: Uint8Array): void {
    this.handler?.binary(bytes);
  }

  /** The connection ends on the client's side or in between. */
  lose(code = 1006): void {
    if (this.#gone) return;
    this.#gone = true;
    this.handler?.closed(code, '');
  }

  /** The client reads everything that is waiting. */
  drain(): void {
    this.clogged = false;
    this.bufferedBytes = 0;
    this.handler?.drained();
  }

  /** The messages of one type. */
  of(type: string): Loose[] {
    return this.sent.filter((message) => message.type === type);
  }

  /** The one message of this type. */
  one(type: string): Loose {
    const messages = this.of(type);
    if (messages.length !== 1) throw new Error(`${messages.length} ${type} messages, not one`);
    return messages[0] as Loose;
  }

  /** Types of the messages, in order. */
  get types(): string[] {
    return this.sent.map((message) => message.type);
  }
}

/** A streaming service over a scripted engine, in virtual time, with connections in memory. */
export class TestServer {
  readonly clock = new VirtualClock();
  readonly engine: ScriptedEngine;
  readonly service: StreamingService;

  constructor(
    options: Partial<StreamingServiceOptions> & {
      readonly scripted?: Partial<ScriptedEngineOptions>;
      readonly logger?: Logger;
    } = {},
  ) {
    const { scripted, ...rest } = options;
    this.engine = new ScriptedEngine({ clock: this.clock, ...scripted });
    this.service = new StreamingService({
      clock: this.clock,
      logger: silentLogger,
      engine: speechService(this.engine, this.clock),
      maxSessions: 4,
      createVoiceActivity: () => new EnergyVoiceActivity(),
      ...rest,
    });
  }

  /** A new connection, with nothing said yet. */
  connect(sessionId?: string): TestConnection {
    const connection = new TestConnection();
    connection.handler = this.service.acceptNative(connection, sessionId);
    return connection;
  }

  /** A connection whose config was answered. */
  async open(config: Omit<ConfigInput, 'type'> = {}, sessionId?: string): Promise<TestConnection> {
    const connection = this.connect(sessionId);
    connection.say({ type: 'config', ...config });
    await this.settle();
    return connection;
  }

  /** Lets promises run, without time passing. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) await this.clock.advance(0);
  }
}

export function speechService(engine: ScriptedEngine, clock: VirtualClock): SpeechService {
  const scheduler = new DecodeScheduler(engine, { clock });
  return {
    model: engine.model,
    capabilities: engine.capabilities,
    maxConcurrent: engine.maxConcurrent,
    lane: (sessionId) => scheduler.lane(sessionId),
    backgroundLane: (jobId) => scheduler.backgroundLane(jobId),
  };
}

/** 16-bit audio at 16 kHz that says the words, with silence around them. */
export function spoken(words: string, options: { startMs?: number; durationMs: number }): Uint8Array {
  const entries: SpelledEntry[] = spellSentence(words, { startMs: options.startMs ?? 300 });
  return encodePcm(spellAudio(entries, { durationMs: options.durationMs }), 'pcm_s16le');
}

/** Digital silence at 16 kHz, 16 bit. */
export function silence(durationMs: number): Uint8Array {
  return new Uint8Array(durationMs * 32);
}

export type { ServerMessage };

/** A recogniser that says what the test makes it say, and remembers what it was told. */
export class DictatedRecognizer implements StreamRecognizer {
  readonly say: (event: RecognitionEvent) => void;
  readonly fail: (error: Error) => void;
  /** Calls but `push`, in order. */
  readonly calls: string[] = [];
  pushedSamples = 0;
  backlogMs = 0;
  finishEnd: () => void = () => undefined;

  constructor({ onEvent, onFailure }: RecognizerDependencies) {
    this.say = onEvent;
    this.fail = onFailure;
  }

  push(audio: Float32Array): void {
    this.pushedSamples += audio.length;
  }

  holdStall(held: boolean): void {
    this.calls.push(held ? 'hold' : 'unhold');
  }

  flush(id: FlushId): void {
    this.calls.push(`flush ${id}`);
  }

  end(): Promise<void> {
    this.calls.push('end');
    return new Promise((resolve) => {
      this.finishEnd = resolve;
    });
  }

  close(): void {
    this.calls.push('close');
  }
}

/** A server whose recognisers are dictated. */
export function dictatedServer() {
  const recognizers: DictatedRecognizer[] = [];
  const server = new TestServer({
    createRecognizer: (_options, dependencies) => {
      const recognizer = new DictatedRecognizer(dependencies);
      recognizers.push(recognizer);
      return recognizer;
    },
  });
  const recognizer = (index = 0) => {
    const found = recognizers[index];
    if (!found) throw new Error(`There is no recogniser ${index}.`);
    return found;
  };
  return { server, recognizer, say: (event: RecognitionEvent) => recognizer().say(event) };
}
