import type { ClientEvent } from '../client/client-events.ts';
import type { StreamingClient } from '../client/streaming-client.ts';
import { describeError, SurtitleError } from '../foundation/errors.ts';
import { type Logger, silentLogger } from '../foundation/logger.ts';
import type { FinalMessage, PartialMessage } from '../protocol/server-messages.ts';
import {
  type CaptionMessage,
  type CaptionProblem,
  type CaptionSnapshot,
  type CaptionState,
  IDLE_STATE,
} from './caption-state.ts';
import type {
  AudioCapture,
  AudioLevel,
  CaptureListener,
  CaptureRequest,
  CaptureStatus,
  RunningCapture,
} from './capture-types.ts';

/** Keeps finals, durably: a final is shown when its promise is settled. */
export interface CaptionKeeper {
  final(message: FinalMessage): Promise<void>;
  /** The session is over; `audioMs` of it were captured. */
  close(audioMs: number): Promise<void>;
}

/** A session as it begins: its connection, and where its finals are kept. */
export interface CaptionStream {
  readonly client: StreamingClient;
  /** `null` where nothing is to be kept. */
  readonly keeper: CaptionKeeper | null;
}

export interface CaptionControllerOptions {
  readonly capture: AudioCapture;
  /** Reads what the user wants captured, anew at each start. */
  readonly request: () => Promise<CaptureRequest>;
  /** Opens a session: the client connects by itself. @throws {SurtitleError} */
  readonly openStream: (request: CaptureRequest) => Promise<CaptionStream>;
  readonly onState: (state: CaptionState) => void;
  readonly onMessage: (message: CaptionMessage) => void;
  readonly onLevel: (level: AudioLevel) => void;
  readonly now: () => Date;
  readonly logger?: Logger;
}

/** Finals a window that opens late gets to see. */
const SNAPSHOT_FINALS = 200;
/** 16 kHz, 16 bit. */
const BYTES_PER_MS = 32;

/**
 * Live captions from Start to Stop: capture on one side, a client of the server on the other, and what the user
 * must know about both. The desktop app and the browser page use the same one.
 */
export class CaptionController {
  readonly #options: CaptionControllerOptions;
  readonly #logger: Logger;
  #state: CaptionState = IDLE_STATE;
  #run: CaptionRun | null = null;
  #finals: FinalMessage[] = [];
  #partial: PartialMessage | null = null;

  constructor(options: CaptionControllerOptions) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
  }

  get state(): CaptionState {
    return this.#state;
  }

  /** The session that runs, or the last one. */
  get snapshot(): CaptionSnapshot {
    return { finals: [...this.#finals], partial: this.#partial };
  }

  /** Starts captions; does nothing while they run. Problems are told in the state, not thrown. */
  async start(): Promise<void> {
    if (this.#run) return;
    const run = new CaptionRun();
    this.#run = run;
    this.#set({ ...IDLE_STATE, phase: 'starting', connection: 'connecting' });
    try {
      const request = await this.#options.request();
      this.#set({ source: request.source });
      run.request = request;
      const stream = await this.#options.openStream(request);
      run.stream = stream;
      this.#finals = [];
      this.#partial = null;
      this.#set({ startedAt: this.#options.now().toISOString(), keeping: stream.keeper ? 'on' : 'off' });
      this.#options.onMessage({ type: 'session_started' });
      run.over = this.#follow(run, stream);
      await this.#capture(run);
      if (this.#run === run && this.#state.phase === 'starting') this.#set({ phase: 'listening' });
    } catch (error) {
      run.failure ??= problemOf(error);
      await this.stop();
      if (this.#run === null) this.#set({ problem: run.failure });
    }
  }

  /** Stops: what was said is still recognised, then the session ends. Safe to call at any time. */
  async stop(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    if (run.stopping) return run.stopping;
    this.#set({ phase: 'stopping' });
    run.stopping = this.#end(run);
    await run.stopping;
  }

  /** Captures nothing until {@link resume}; the session stays. */
  async pause(): Promise<void> {
    const run = this.#run;
    if (!run || this.#state.phase !== 'listening') return;
    this.#set({ phase: 'paused', audio: 'none' });
    const capture = run.capture;
    run.capture = null;
    await capture?.stop();
    // What was said before the pause shall stand as said, not wait for its other half.
    void run.stream?.client.flush();
  }

  /** Goes on after {@link pause}. */
  async resume(): Promise<void> {
    const run = this.#run;
    if (!run || this.#state.phase !== 'paused') return;
    this.#set({ phase: 'listening', problem: null });
    try {
      await this.#capture(run);
    } catch (error) {
      if (this.#run === run) this.#set({ phase: 'paused', problem: problemOf(error) });
    }
  }

  /** Takes another source, microphone or processing while captions run. */
  async changeSource(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    run.request = await this.#options.request();
    this.#set({ source: run.request.source });
    if (this.#state.phase !== 'listening') return;
    const capture = run.capture;
    run.capture = null;
    await capture?.stop();
    try {
      await this.#capture(run);
    } catch (error) {
      if (this.#run === run) this.#set({ audio: 'lost', problem: problemOf(error) });
    }
  }

  /** Something outside happened that the user must know, or ended. */
  tell(problem: CaptionProblem | null): void {
    this.#set({ problem });
  }

  /** Whether the finals reach the disk. */
  keeping(keeping: CaptionState['keeping']): void {
    if (this.#run) this.#set({ keeping });
  }

  async #capture(run: CaptionRun): Promise<void> {
    if (!run.request) return;
    const token = {};
    run.captureToken = token;
    const isCurrent = () => this.#run === run && run.captureToken === token;
    const listener: CaptureListener = {
      frame: (pcm) => {
        if (!isCurrent() || !run.stream) return;
        if (run.stream.client.pushFrame(pcm)) run.capturedBytes += pcm.length;
        else this.#refused(run, pcm.length);
      },
      level: (level) => {
        if (isCurrent()) this.#options.onLevel(level);
      },
      status: (status) => {
        if (isCurrent()) this.#status(status);
      },
    };
    const capture = await this.#options.capture.start(run.request, listener);
    // Stopped, paused or changed meanwhile.
    if (isCurrent() && !run.stopping && this.#state.phase !== 'paused') run.capture = capture;
    else await capture.stop();
  }

  #status(status: CaptureStatus): void {
    switch (status.state) {
      case 'flowing':
        this.#set({
          audio: 'flowing',
          sourceLabel: status.label,
          path: status.path,
          ...(status.warning
            ? { problem: { ...status.warning, severity: 'warning' } }
            : isAudioProblem(this.#state.problem)
              ? { problem: null }
              : {}),
        });
        return;
      case 'silent':
        this.#set({ audio: 'silent', sourceLabel: status.label });
        return;
      case 'lost':
        this.#set({
          audio: 'lost',
          problem: { code: status.code, message: status.message, severity: 'warning' },
        });
        return;
      case 'ended':
        this.#set({
          audio: 'lost',
          problem: { code: status.code, message: status.message, severity: 'error' },
        });
        void this.stop();
        return;
    }
  }

  #refused(run: CaptionRun, bytes: number): void {
    run.refusedMs += bytes / BYTES_PER_MS;
    if (this.#state.problem?.code === 'audio_refused') return;
    this.#set({
      problem: {
        code: 'audio_refused',
        message:
          'The server has been away for so long that sound is being lost. Stop, and start again when it is back.',
        severity: 'error',
      },
    });
  }

  async #follow(run: CaptionRun, { client, keeper }: CaptionStream): Promise<void> {
    try {
      for await (const event of client) {
        if (event.type === 'final') {
          try {
            await keeper?.final(event);
          } catch (error) {
            this.#logger.error('A caption could not be kept.', { reason: describeError(error) });
            this.keeping('failing');
          }
        }
        if (this.#run === run) this.#event(event);
      }
    } catch (error) {
      run.failure = problemOf(error);
    }
    run.isOver = true;
    if (!run.stopping) await this.stop();
  }

  #event(event: ClientEvent): void {
    switch (event.type) {
      case 'connection':
        this.#connection(event);
        return;
      case 'partial':
        this.#partial = event.text === '' ? null : event;
        this.#options.onMessage(event);
        return;
      case 'final':
        this.#partial = null;
        this.#finals.push(event);
        if (this.#finals.length > SNAPSHOT_FINALS) this.#finals.shift();
        this.#options.onMessage(event);
        return;
      case 'speech_started':
      case 'speech_ended':
        this.#set({ speaking: event.type === 'speech_started' });
        this.#options.onMessage(event);
        return;
      case 'gap':
        this.#options.onMessage(event);
        return;
      case 'flow':
        this.#set({ lagMs: event.state === 'ok' ? 0 : event.lag_ms });
        return;
      case 'error':
        if (!event.fatal)
          this.#set({ problem: { code: event.code, message: event.message, severity: 'warning' } });
        return;
      case 'violation':
        this.#logger.warn('The server broke the protocol.', { reason: event.message });
        return;
      default:
        return;
    }
  }

  #connection(event: Extract<ClientEvent, { type: 'connection' }>): void {
    switch (event.state) {
      case 'open':
      case 'resumed':
      case 'restarted':
        this.#set({
          connection: 'open',
          model: event.ready.model.name,
          language: event.ready.language,
          ...(this.#state.problem?.code === 'connection_lost' || this.#state.problem?.code === 'model_loading'
            ? { problem: null }
            : {}),
        });
        return;
      case 'lost':
        this.#set({
          connection: 'lost',
          problem: {
            code: 'connection_lost',
            message:
              'The connection to the server was lost and is being restored. What is said meanwhile is kept.',
            severity: 'warning',
          },
        });
        return;
      default:
        return;
    }
  }

  async #end(run: CaptionRun): Promise<void> {
    run.captureToken = null;
    const capture = run.capture;
    run.capture = null;
    await capture?.stop().catch((error: unknown) => {
      this.#logger.warn('The capture did not end as it should.', { reason: describeError(error) });
    });
    const { stream } = run;
    if (stream) {
      if (!run.isOver) {
        const { complete } = await stream.client.close();
        if (!complete) this.#logger.warn('The transcript may be incomplete.');
      }
      await stream.keeper?.close(Math.round(run.capturedBytes / BYTES_PER_MS));
    }
    this.#partial = null;
    this.#run = null;
    const { problem } = this.#state;
    this.#set({ ...IDLE_STATE, problem: run.failure ?? (problem?.severity === 'error' ? problem : null) });
  }

  #set(change: Partial<CaptionState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onState(this.#state);
  }
}

/** One session from Start to Stop. */
class CaptionRun {
  request: CaptureRequest | null = null;
  stream: CaptionStream | null = null;
  capture: RunningCapture | null = null;
  /** Whose frames are taken: a capture that was replaced may still send some. */
  captureToken: object | null = null;
  capturedBytes = 0;
  refusedMs = 0;
  isOver = false;
  over: Promise<void> = Promise.resolve();
  stopping: Promise<void> | null = null;
  failure: CaptionProblem | null = null;
}

const AUDIO_PROBLEMS: ReadonlySet<string> = new Set([
  'permission_denied',
  'no_microphone',
  'device_lost',
  'device_busy',
  'microphone_missing',
  'sharing_ended',
  'no_audio_shared',
  'system_audio_unavailable',
  'capture_failed',
]);

function isAudioProblem(problem: CaptionProblem | null): boolean {
  return problem !== null && AUDIO_PROBLEMS.has(problem.code);
}

function problemOf(error: unknown): CaptionProblem {
  if (error instanceof SurtitleError) return { code: error.code, message: error.message, severity: 'error' };
  return { code: 'internal_error', message: describeError(error), severity: 'error' };
}
