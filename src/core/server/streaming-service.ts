import { createResampler } from '../audio/resampler.ts';
import { ENGINE_SAMPLE_RATE } from '../engine/engine.ts';
import type { Clock } from '../foundation/clock.ts';
import type { Logger } from '../foundation/logger.ts';
import { millisecondsAt } from '../protocol/positions.ts';
import { createRecognizer } from '../recognition/recognizer.ts';
import type {
  RecognizerDependencies,
  RecognizerOptions,
  StreamRecognizer,
} from '../recognition/recognizer-types.ts';
import type { VoiceActivityModel } from '../recognition/voice-activity.ts';
import type { Connection, ConnectionHandler } from './connection.ts';
import { EngineSource, type SpeechService } from './engine-source.ts';
import { NativeConnection } from './native-connection.ts';
import type { ServerObserver } from './observer.ts';
import { createSecret } from './secrets.ts';
import { StreamSession } from './session.ts';
import type { StreamSettings } from './session-messages.ts';
import { SessionRegistry } from './session-registry.ts';
import type { DialectConnection, StreamingContext } from './streaming-context.ts';
import { ViewerHub } from './viewers.ts';

/** Segment ids count from here. */
const FIRST_SEGMENT_ID = 1;

export interface StreamingServiceOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sessions wait for it. A rejection makes every session fail with `engine_error`. */
  readonly engine: SpeechService | Promise<SpeechService>;
  /** Sessions that may be active at the same time. */
  readonly maxSessions: number;
  /** Makes one session's voice activity model. */
  createVoiceActivity(): VoiceActivityModel | Promise<VoiceActivityModel>;
  /** Default: the real recogniser. */
  readonly createRecognizer?: (
    options: RecognizerOptions,
    dependencies: RecognizerDependencies,
  ) => StreamRecognizer;
  readonly observer?: ServerObserver;
}

/**
 * The streaming server without its transport: give it connections, over whatever network, and it serves
 * the native protocol and viewers on them.
 */
export class StreamingService {
  readonly engine: EngineSource;
  readonly registry: SessionRegistry;
  readonly viewers: ViewerHub;
  readonly #options: StreamingServiceOptions;
  readonly #context: StreamingContext;
  readonly #connections = new Set<DialectConnection>();
  #shutDown = false;

  constructor(options: StreamingServiceOptions) {
    this.#options = options;
    this.engine = new EngineSource(options.engine);
    this.registry = new SessionRegistry({ clock: options.clock, maxSessions: options.maxSessions });
    this.viewers = new ViewerHub();
    this.#context = {
      clock: options.clock,
      logger: options.logger,
      observer: options.observer ?? {},
      engine: this.engine,
      registry: this.registry,
      openSession: (id, settings, service) => this.#openSession(id, settings, service),
      opened: (session) => {
        if (session.settings.publish) this.viewers.publish(session);
      },
    };
  }

  /** Connections being served. */
  get connections(): number {
    return this.#connections.size;
  }

  /**
   * Serves the native protocol on a connection.
   * @param sessionId the client's `?session=`; made up where it gave none.
   * @returns what the connection is to call.
   */
  acceptNative(connection: Connection, sessionId: string = createSecret()): ConnectionHandler {
    return this.serve((context, onClosed) => new NativeConnection(connection, sessionId, context, onClosed));
  }

  /**
   * Serves a connection in any dialect.
   * @param create makes the dialect's side of it, which calls `onClosed` once, when it is over.
   * @returns what the connection is to call.
   */
  serve(create: (context: StreamingContext, onClosed: () => void) => DialectConnection): ConnectionHandler {
    const served: DialectConnection = create(this.#context, () => this.#connections.delete(served));
    this.#connections.add(served);
    if (this.#shutDown) served.shutdown();
    return served;
  }

  /**
   * Goes on with another engine. Clients are sent away as if the server went down, and those of ours come back at
   * once and go on where they were; viewers stay. The caller closes the former engine.
   */
  replaceEngine(engine: SpeechService): void {
    this.engine.replace(engine);
    this.#dropSessions();
  }

  /** Sends every client away with `server_shutdown` and drops all sessions. Safe to call twice. */
  shutdown(): void {
    this.#shutDown = true;
    this.#dropSessions();
    this.viewers.close();
  }

  #dropSessions(): void {
    for (const connection of [...this.#connections]) connection.shutdown();
    this.registry.close();
  }

  async #openSession(id: string, settings: StreamSettings, service: SpeechService): Promise<StreamSession> {
    const { clock, logger, observer } = this.#options;
    const resampler = await createResampler(settings.format.sampleRate, ENGINE_SAMPLE_RATE);
    const voiceActivity = await this.#options.createVoiceActivity();
    const lane = service.lane(id);
    const { language, endpointingMs, interimResults, wordTimestamps, translate, prompt, vocabulary } =
      settings;
    return new StreamSession(id, settings, {
      clock,
      logger,
      resampler,
      keeper: this.registry,
      observer: observer ?? {},
      createRecognizer: (hooks) =>
        (this.#options.createRecognizer ?? createRecognizer)(
          {
            language,
            endpointingMs,
            interimResults,
            wordTimestamps,
            translate,
            ...(prompt === undefined ? {} : { prompt }),
            ...(vocabulary === undefined ? {} : { vocabulary }),
            startMs: millisecondsAt(settings.startSample, settings.format.sampleRate),
            firstSegmentId: FIRST_SEGMENT_ID,
          },
          { lane, voiceActivity, clock, ...(observer ? { observer } : {}), ...hooks },
        ),
      release: () => lane.close(),
    });
  }
}
