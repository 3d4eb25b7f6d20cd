import { type Clock, systemClock } from '../foundation/clock.ts';
import { type Logger, silentLogger } from '../foundation/logger.ts';
import { CaptionReporter } from './caption-reporter.ts';
import { CaptionSession } from './caption-session.ts';
import type { CaptionMessage, CaptionProblem, CaptionSnapshot, CaptionState } from './caption-state.ts';
import type { CaptionStream } from './caption-stream.ts';
import { asWarning, KEEPER_FAILED, problemOf } from './caption-words.ts';
import { CaptureSeat } from './capture-seat.ts';
import type { AudioCapture, AudioLevel, CaptureListener, CaptureRequest } from './capture-types.ts';

export type { CaptionKeeper, CaptionStream } from './caption-stream.ts';

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
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** 16 kHz, 16 bit. */
const BYTES_PER_MS = 32;

/** What the user wanted from a Start to a Stop. */
interface CaptionRun {
  request: CaptureRequest;
  session: CaptionSession;
  paused: boolean;
  /** It was captured before: what fails later can be tried again, while the session waits. */
  captured: boolean;
}

/**
 * Live captions from Start to Stop: capture on one side, a client of the server on the other, and what the user
 * must know about both. The desktop app and the browser page use the same one.
 *
 * All methods can be called at any time and in any order; the newest wish counts. Problems are told in the state,
 * not thrown.
 */
export class CaptionController {
  readonly #options: CaptionControllerOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #reporter: CaptionReporter;
  readonly #seat: CaptureSeat;
  /** What is wanted now: `starting` until it is known what is to be captured. */
  #run: CaptionRun | 'starting' | null = null;
  /** Distinguishes one Start from the next. */
  #starts = 0;
  /** The newest session, which may have its last words still. */
  #session: CaptionSession | null = null;
  #stopped: Promise<void> = Promise.resolve();
  #requests = 0;

  constructor(options: CaptionControllerOptions) {
    const { capture, onState, onMessage, clock = systemClock, logger = silentLogger } = options;
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
    this.#reporter = new CaptionReporter({ onState, onMessage, clock, logger });
    this.#seat = new CaptureSeat({ capture, clock, logger });
  }

  get state(): CaptionState {
    return this.#reporter.state;
  }

  /** The session that runs, or the last one. */
  get snapshot(): CaptionSnapshot {
    return this.#reporter.snapshot;
  }

  /** Starts captions; does nothing while they run. Resolves when they do, or cannot. */
  async start(): Promise<void> {
    if (this.#run) return;
    const start = ++this.#starts;
    this.#run = 'starting';
    this.#reporter.starting();
    let request: CaptureRequest;
    try {
      request = await this.#options.request();
    } catch (error) {
      if (this.#starts === start && this.#run) this.#finish(problemOf(error));
      return;
    }
    if (this.#starts !== start || !this.#run) return;
    this.#reporter.set({ source: request.source });
    const run: CaptionRun = { request, session: this.#openSession(request), paused: false, captured: false };
    this.#run = run;
    await this.#capture(run);
  }

  /** Stops: what was said is still recognised, then the session ends. Resolves when it has. */
  stop(): Promise<void> {
    this.#finish(null);
    return this.#stopped;
  }

  /** Captures nothing until {@link resume}; the session stays. */
  async pause(): Promise<void> {
    const run = this.#run;
    if (!run || run === 'starting' || run.paused) return;
    run.paused = true;
    this.#reporter.set({ phase: 'paused' });
    await this.#seat.stop();
    if (!this.#isPaused(run)) return;
    this.#reporter.captureLeft();
    // What was said before the pause shall stand as said, not wait for its other half.
    run.session.flush();
  }

  /** Goes on after {@link pause}. Resolves when sound comes again, or cannot. */
  async resume(): Promise<void> {
    const run = this.#run;
    if (!run || run === 'starting' || !run.paused) return;
    run.paused = false;
    this.#reporter.set({ phase: 'starting' });
    await this.#capture(run);
  }

  /** Takes another source, microphone or processing while captions run. */
  async changeSource(): Promise<void> {
    const run = this.#run;
    if (!run || run === 'starting') return;
    const number = ++this.#requests;
    this.#reporter.problems.clear('captions');
    let request: CaptureRequest;
    try {
      request = await this.#options.request();
    } catch (error) {
      this.#reporter.problems.set('captions', asWarning(problemOf(error)));
      return;
    }
    // Somebody asked later, and knows better.
    if (this.#run !== run || this.#requests !== number) return;
    run.request = request;
    this.#reporter.set({ source: request.source });
    if (!run.paused) await this.#capture(run);
  }

  /** Begins a new session with other settings while captions run: nothing is missed and nothing is heard twice. */
  renewSession(): void {
    const run = this.#run;
    if (!run || run === 'starting') return;
    const previous = run.session;
    run.session = this.#openSession(run.request);
    previous.giveWay(run.session);
  }

  /** The network is back, or the machine woke up: what waits for the server need not wait any longer. */
  retryNow(): void {
    if (this.#run && this.#run !== 'starting') this.#run.session.retryNow();
  }

  /** Something outside happened that the user must know; `null` where they have seen what they are told. */
  tell(problem: CaptionProblem | null): void {
    if (problem) this.#reporter.problems.set('outside', problem);
    else this.#reporter.problems.dismiss();
  }

  /** What was told by this code is well again. */
  well(code: string): void {
    if (this.#reporter.problems.of('outside')?.code === code) this.#reporter.problems.clear('outside');
  }

  /** Whether finals reach the disk. @param problem why not, or that they do again. */
  keeping(keeping: CaptionState['keeping'], problem: CaptionProblem | null = null): void {
    if (problem) this.#reporter.problems.set('history', problem);
    else this.#reporter.problems.clear('history');
    if (this.#run) this.#reporter.set({ keeping });
  }

  #openSession(request: CaptureRequest): CaptionSession {
    const previous = this.#session;
    const session: CaptionSession = new CaptionSession({
      open: () => this.#options.openStream(request),
      previous,
      clock: this.#clock,
      logger: this.#logger,
      handler: {
        opened: ({ keeper }) => {
          // One that was ended while it was opened has only words to show.
          this.#reporter.sessionStarted(this.#options.now(), keeper !== null && this.#isRunning(session));
        },
        event: (event) => {
          this.#reporter.message(event);
          if (this.#isRunning(session)) this.#reporter.event(event);
        },
        keeperFailed: () => {
          if (this.#isRunning(session)) this.keeping('failing', KEEPER_FAILED);
        },
        over: (problem) => {
          this.#reporter.sessionOver();
          if (this.#isRunning(session)) this.#finish(problem);
          // The next one runs; once nothing does, the end of all tells it.
          else if (problem && this.#run) this.#reporter.problems.set('lost-audio', asWarning(problem));
        },
      },
    });
    this.#session = session;
    return session;
  }

  /** Captures what the run wants, instead of what was captured before. */
  async #capture(run: CaptionRun): Promise<void> {
    this.#reporter.captureLeft();
    try {
      if (!(await this.#seat.start(run.request, this.#listener(run)))) return;
      run.captured = true;
      if (this.#run === run && !run.paused) this.#reporter.set({ phase: 'listening' });
    } catch (error) {
      if (this.#run !== run || run.paused) return;
      if (!run.captured) {
        this.#finish(problemOf(error));
        return;
      }
      run.paused = true;
      this.#reporter.captureFailed(problemOf(error));
      this.#reporter.set({ phase: 'paused' });
    }
  }

  #listener(run: CaptionRun): CaptureListener {
    const { request } = run;
    return {
      frame: (pcm) => {
        if (run.session.push(pcm)) this.#reporter.audioTaken();
        else this.#reporter.audioRefused(pcm.length / BYTES_PER_MS);
      },
      level: (level) => {
        if (this.#run === run && !run.paused) this.#options.onLevel(level);
      },
      status: (status) => {
        if (this.#run !== run || run.paused) return;
        this.#reporter.capture(status, request);
        if (status.state !== 'ended') return;
        const { code, message } = status;
        this.#finish({ code, message, severity: code === 'sharing_ended' ? 'notice' : 'error' });
      },
    };
  }

  /** Ends what runs. @param problem why, where the user did not want it. */
  #finish(problem: CaptionProblem | null): void {
    const run = this.#run;
    if (!run) return;
    const start = this.#starts;
    this.#run = null;
    this.#reporter.set({ phase: 'stopping', speaking: false });
    this.#stopped = this.#windUp(run === 'starting' ? null : run.session).then((late) => {
      // Unless it was started anew meanwhile.
      if (this.#starts === start) this.#reporter.idle(problem ?? late);
    });
  }

  async #windUp(session: CaptionSession | null): Promise<CaptionProblem | null> {
    await this.#seat.stop();
    if (this.#run === null) this.#reporter.set({ audio: 'none' });
    session?.end();
    return (await session?.over) ?? null;
  }

  #isRunning(session: CaptionSession): boolean {
    return this.#run !== null && this.#run !== 'starting' && this.#run.session === session;
  }

  #isPaused(run: CaptionRun): boolean {
    return this.#run === run && run.paused;
  }
}
