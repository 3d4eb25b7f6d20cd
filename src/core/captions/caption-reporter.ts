import type { ClientEvent, ConnectionEvent } from '../client/client-events.ts';
import type { Clock } from '../foundation/clock.ts';
import type { Logger } from '../foundation/logger.ts';
import type { FinalMessage, PartialMessage } from '../protocol/server-messages.ts';
import {
  type CaptionMessage,
  type CaptionProblem,
  type CaptionSnapshot,
  type CaptionState,
  IDLE_STATE,
} from './caption-state.ts';
import {
  audioLost,
  audioWasLost,
  connectionBack,
  connectionLost,
  deviceBack,
  notYetConnected,
  seconds,
  substituteUsed,
} from './caption-words.ts';
import type { CaptureRequest, CaptureStatus } from './capture-types.ts';
import { ProblemBoard } from './problem-board.ts';

/** Finals a window that opens late gets to see. */
const SNAPSHOT_FINALS = 200;

export interface CaptionReporterOptions {
  readonly onState: (state: CaptionState) => void;
  readonly onMessage: (message: CaptionMessage) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Turns what the capture and the client tell into what the user is shown: the state, the problem, the captions. */
export class CaptionReporter {
  readonly #options: CaptionReporterOptions;
  readonly problems: ProblemBoard;
  #state: CaptionState = IDLE_STATE;
  #finals: FinalMessage[] = [];
  #partial: PartialMessage | null = null;
  /** Since when the connection, or the device, is away. */
  #connectionLostAtMs: number | null = null;
  #deviceLostAtMs: number | null = null;
  #lostAudioMs = 0;
  /** The session was connected once. */
  #wasOpen = false;

  constructor(options: CaptionReporterOptions) {
    this.#options = options;
    this.problems = new ProblemBoard(() => this.set({}), options.clock);
  }

  get state(): CaptionState {
    return this.#state;
  }

  get snapshot(): CaptionSnapshot {
    return { finals: [...this.#finals], partial: this.#partial };
  }

  /** Changes the state, and tells it where it is another. */
  set(change: Partial<Omit<CaptionState, 'problem'>>): void {
    const next: CaptionState = { ...this.#state, ...change, problem: this.problems.shown };
    const keys = Object.keys(next) as (keyof CaptionState)[];
    if (keys.every((key) => next[key] === this.#state[key])) return;
    this.#state = next;
    this.#options.onState(next);
  }

  /** The user wants captions. */
  starting(): void {
    this.problems.dismiss();
    this.#connectionLostAtMs = null;
    this.#deviceLostAtMs = null;
    this.#lostAudioMs = 0;
    this.set({ ...IDLE_STATE, phase: 'starting', connection: 'connecting' });
  }

  /** A session is shown from here on. */
  sessionStarted(startedAt: Date, keeping: boolean): void {
    this.#finals = [];
    this.#partial = null;
    this.#connectionLostAtMs = null;
    this.#wasOpen = false;
    this.problems.clear('connection', 'server');
    this.set({
      startedAt: startedAt.toISOString(),
      keeping: keeping ? 'on' : 'off',
      connection: 'connecting',
      speaking: false,
      lagMs: 0,
    });
    this.#options.onMessage({ type: 'session_started' });
  }

  /** The words of a session, also of one that has its last. */
  message(event: ClientEvent): void {
    switch (event.type) {
      case 'partial':
        this.#partial = event.text === '' ? null : event;
        break;
      case 'final':
        this.#partial = null;
        this.#finals.push(event);
        if (this.#finals.length > SNAPSHOT_FINALS) this.#finals.shift();
        break;
      case 'speech_started':
      case 'speech_ended':
      case 'gap':
        break;
      default:
        return;
    }
    this.#options.onMessage(event);
  }

  /** What else the present session tells. */
  event(event: ClientEvent): void {
    switch (event.type) {
      case 'connection':
        this.#connection(event);
        return;
      case 'speech_started':
      case 'speech_ended':
        this.set({ speaking: event.type === 'speech_started' });
        return;
      case 'flow':
        this.set({ lagMs: event.state === 'ok' ? 0 : event.lag_ms });
        return;
      case 'gap':
        this.problems.set('lost-audio', audioWasLost(event.end_ms - event.start_ms));
        return;
      case 'error':
        // Fatal ones end the session, or the connection, and are told by that.
        if (!event.fatal) {
          this.problems.set('server', { code: event.code, message: event.message, severity: 'warning' });
        }
        return;
      case 'violation':
        this.#options.logger.warn('The server broke the protocol.', { reason: event.message });
        return;
      default:
        return;
    }
  }

  /** Nothing more is said in a session: what was not made final by now will not be. */
  sessionOver(): void {
    if (!this.#partial) return;
    const { segment_id, revision, start_ms, end_ms } = this.#partial;
    this.message({
      type: 'partial',
      segment_id,
      revision: revision + 1,
      text: '',
      stable_text: '',
      start_ms,
      end_ms,
    });
  }

  /** How the capture is doing, of what was wanted. */
  capture(status: CaptureStatus, { microphone }: CaptureRequest): void {
    switch (status.state) {
      case 'flowing':
      case 'silent':
        this.set({
          audio: status.state,
          sourceLabel: status.label,
          ...(status.state === 'flowing' ? { path: status.path } : {}),
        });
        this.#deviceIsThere(status, microphone);
        return;
      case 'lost':
      case 'ended': {
        this.#deviceLostAtMs ??= this.#options.clock.now();
        const { code, message } = status;
        this.problems.set('capture', { code, message, severity: 'warning' });
        this.set({ audio: 'lost', speaking: false });
        return;
      }
    }
  }

  /** Nothing is captured, or something else is going to be. */
  captureLeft(): void {
    this.#deviceLostAtMs = null;
    this.problems.clear('capture');
    this.set({ audio: 'none' });
  }

  /** Captions go on without a capture, which could not be started. */
  captureFailed(problem: CaptionProblem): void {
    this.captureLeft();
    this.problems.set('capture', problem);
  }

  /** So much sound was captured and nobody takes it. */
  audioRefused(durationMs: number): void {
    const told = this.#lostAudioMs > 0 && seconds(this.#lostAudioMs);
    this.#lostAudioMs += durationMs;
    if (told === seconds(this.#lostAudioMs)) return;
    this.problems.set('lost-audio', audioLost(this.#lostAudioMs));
  }

  audioTaken(): void {
    if (this.#lostAudioMs === 0) return;
    this.problems.set('lost-audio', audioWasLost(this.#lostAudioMs));
    this.#lostAudioMs = 0;
  }

  /** Captions are over. @param problem why, where nobody wanted that. */
  idle(problem: CaptionProblem | null): void {
    this.problems.dismiss();
    if (problem) this.problems.set('captions', problem);
    this.set(IDLE_STATE);
  }

  #deviceIsThere(status: CaptureStatus & { readonly label: string }, wanted: string | null): void {
    if (status.state === 'flowing' && (status.warning || status.substitute)) {
      this.#deviceLostAtMs = null;
      const { warning, label } = status;
      this.problems.set(
        'capture',
        warning ? { ...warning, severity: 'warning' } : substituteUsed(wanted, label),
      );
    } else if (this.#deviceLostAtMs !== null) {
      const awayMs = this.#options.clock.now() - this.#deviceLostAtMs;
      this.#deviceLostAtMs = null;
      this.problems.set('capture', deviceBack(status.label, awayMs));
    } else if (status.state === 'flowing' && this.problems.of('capture')?.severity !== 'notice') {
      this.problems.clear('capture');
    }
  }

  #connection(event: ConnectionEvent): void {
    switch (event.state) {
      case 'open':
      case 'resumed':
      case 'restarted': {
        const { model, language } = event.ready;
        const lostAtMs = this.#connectionLostAtMs;
        this.#connectionLostAtMs = null;
        this.#wasOpen = true;
        this.problems.clear('server', 'connection');
        if (lostAtMs !== null && event.state !== 'open') {
          this.problems.set('connection', connectionBack(this.#options.clock.now() - lostAtMs));
        }
        this.set({ connection: 'open', model: model.name, language });
        return;
      }
      case 'lost': {
        this.#connectionLostAtMs ??= this.#options.clock.now();
        const problem = this.#wasOpen ? connectionLost(event.reason) : notYetConnected(event.reason);
        this.problems.set('connection', problem);
        // How far it is behind is not known until it is back.
        this.set({ connection: this.#wasOpen ? 'lost' : 'connecting', lagMs: 0 });
        return;
      }
      default:
        return;
    }
  }
}
