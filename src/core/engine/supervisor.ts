import type { Clock, Timer } from '../foundation/clock.ts';
import { describeError } from '../foundation/errors.ts';
import { type Logger, silentLogger } from '../foundation/logger.ts';
import {
  type DecodeRequest,
  type DecodeResult,
  ENGINE_SAMPLE_RATE,
  type Engine,
  type EngineCapabilities,
  EngineError,
  type EngineModel,
} from './engine.ts';
import { endProcess } from './host/end-process.ts';
import { type EngineReport, type EngineSpec, fromWireError } from './host/messages.ts';
import type { EngineExit, EngineProcess } from './host/process.ts';
import { JobQueue } from './job-queue.ts';
import { type DecodeOutcome, SupervisedJob } from './supervised-job.ts';

/** Crashes in a row, with nothing decoded in between, after which the engine stays down. */
export const MAX_CRASHES_IN_A_ROW = 3;
/** Requests in a row that crashed the engine, with none decoded in between, before it is not their fault. */
export const MAX_BLAMED_IN_A_ROW = 5;
/** Wait before a restart: this after the first crash, ten times as much after the second. */
export const FIRST_RESTART_DELAY_MS = 100;
/** A decode that takes longer than this and {@link HANG_FACTOR} times its audio is taken to hang. */
export const MIN_HANG_MS = 30_000;
export const HANG_FACTOR = 20;
/** A model that takes longer to load is taken to hang: large ones on slow disks take a minute or two. */
export const MAX_LOAD_MS = 300_000;

/** `starting` until the first load, `restarting` after a crash, `failed` until {@link SupervisedEngine.restart}. */
export type EngineState = 'starting' | 'ready' | 'restarting' | 'failed' | 'closed';

export interface SupervisorOptions {
  /** Starts a process that has loaded nothing yet. @throws {EngineError} `engine_not_built` */
  readonly startProcess: () => EngineProcess;
  readonly spec: EngineSpec;
  readonly clock: Clock;
  readonly logger?: Logger;
  /** Lowers what the engine itself allows. */
  readonly maxConcurrent?: number;
}

interface LoadedEngine {
  readonly capabilities: EngineCapabilities;
  readonly model: EngineModel;
  readonly maxConcurrent: number;
}

/** Claims nothing, until the engine has said what it can do. */
const NOT_LOADED: LoadedEngine = {
  capabilities: {
    gpu: false,
    wordTimestamps: false,
    noSpeechProbability: false,
    multilingual: false,
    translate: false,
    abort: false,
    maxAudioContext: null,
  },
  model: { name: 'loading', multilingual: false },
  maxConcurrent: 1,
};

/**
 * An engine in a process of its own that may die at any time without its callers noticing: the process is
 * started again and what it was decoding is decoded anew, in order.
 *
 * A decode that was running at a crash is retried after the others and alone. If the engine crashes on it
 * again, and then decodes silence without trouble, the fault lies with the request: it is rejected with
 * `request_rejected`. A process ended from outside blames no request.
 *
 * After two crashes in a row the engine must decode silence before anything else. A third crash, with nothing
 * decoded in between, is its own fault: all are rejected with `engine_unavailable` until {@link restart}.
 */
export class SupervisedEngine implements Engine {
  readonly #options: SupervisorOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listeners = new Set<(state: EngineState) => void>();
  readonly #queue = new JobQueue();
  #state: EngineState = 'starting';
  #process: EngineProcess | null = null;
  /** The start that is due, or the load that must end in time. */
  #startTimer: Timer | null = null;
  #loaded: LoadedEngine = NOT_LOADED;
  #failure: EngineError | null = null;
  #nextId = 1;
  #crashesInARow = 0;
  #blamedInARow = 0;
  #restarts = 0;
  #closing: Promise<void> | null = null;
  #onDrained: (() => void) | null = null;

  /** Starts the process at once. */
  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#logger = options.logger ?? silentLogger;
    this.#start();
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Processes started beyond the first. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Those of the engine loaded last; before the first load, none. */
  get capabilities(): EngineCapabilities {
    return this.#loaded.capabilities;
  }

  get model(): EngineModel {
    return this.#loaded.model;
  }

  get maxConcurrent(): number {
    return Math.min(this.#loaded.maxConcurrent, this.#options.maxConcurrent ?? Number.POSITIVE_INFINITY);
  }

  /** Calls `listener` after every change of state, until `signal` fires. */
  onStateChange(listener: (state: EngineState) => void, options: { signal?: AbortSignal } = {}): void {
    const entry = (state: EngineState) => listener(state);
    this.#listeners.add(entry);
    options.signal?.addEventListener('abort', () => this.#listeners.delete(entry), { once: true });
  }

  /** Resolves when the model is loaded. @throws {EngineError} why it could not be. */
  ready(): Promise<void> {
    if (this.#state === 'ready') return Promise.resolve();
    if (this.#state === 'failed' || this.#state === 'closed') return Promise.reject(this.#unavailable());
    return new Promise((resolve, reject) => {
      const done = new AbortController();
      this.onStateChange(
        (state) => {
          if (state === 'restarting') return;
          done.abort();
          if (state === 'ready') resolve();
          else reject(this.#unavailable());
        },
        { signal: done.signal },
      );
    });
  }

  decode(request: DecodeRequest, options: { signal?: AbortSignal } = {}): Promise<DecodeResult> {
    if (options.signal?.aborted) {
      return Promise.reject(new EngineError('aborted', 'The decode was aborted.'));
    }
    if (this.#failure || this.#closing) return Promise.reject(this.#unavailable());
    return new Promise((resolve, reject) => {
      const settle = (outcome: DecodeOutcome) =>
        'result' in outcome ? resolve(outcome.result) : reject(outcome.error);
      // Kept for retries, while the caller may reuse its samples.
      const copy = { ...request, audio: request.audio.slice() };
      const onAbort = (job: SupervisedJob) => this.#abort(job);
      this.#queue.add(new SupervisedJob(this.#nextId++, copy, settle, { ...options, onAbort }));
      this.#dispatch();
    });
  }

  /** Starts afresh, also after failure: past crashes are forgotten, decodes under way begin anew. */
  restart(): Promise<void> {
    if (this.#closing) return Promise.reject(this.#unavailable());
    this.#failure = null;
    this.#crashesInARow = 0;
    this.#blamedInARow = 0;
    this.#queue.interrupt();
    const process = this.#process;
    this.#process = null;
    process?.kill();
    this.#scheduleStart(0);
    return this.ready();
  }

  /** Decodes what was asked for, then ends the process. */
  close(): Promise<void> {
    this.#closing ??= this.#drainAndEnd();
    return this.#closing;
  }

  #start(): void {
    this.#startTimer = null;
    let process: EngineProcess;
    try {
      process = this.#options.startProcess();
    } catch (error) {
      this.#fail(
        error instanceof EngineError
          ? error
          : unavailable(`The engine process could not be started: ${describeError(error)}`),
      );
      return;
    }
    this.#process = process;
    process.onReport((report) => {
      if (process === this.#process) this.#report(report);
    });
    process.onExit((exit) => {
      if (process === this.#process) this.#lose(exit, this.#queue.running);
    });
    this.#startTimer = this.#clock.setTimer(MAX_LOAD_MS, () => {
      this.#lose({ reason: `model not loaded after ${MAX_LOAD_MS} ms`, external: false }, []);
    });
    process.post({ type: 'load', spec: this.#options.spec });
  }

  #report(report: EngineReport): void {
    switch (report.type) {
      case 'loaded': {
        const { capabilities, model, maxConcurrent } = report;
        this.#loaded = { capabilities, model, maxConcurrent };
        this.#startTimer?.cancel();
        this.#startTimer = null;
        this.#setState('ready');
        this.#dispatch();
        return;
      }
      case 'load-failed':
        this.#fail(fromWireError(report.error));
        return;
      case 'decoded': {
        // Whatever crashed it before, it works.
        this.#crashesInARow = 0;
        const job = this.#queue.end(report.id);
        if (job && !job.probe) this.#blamedInARow = 0;
        job?.resolve(report.result);
        this.#dispatch();
        return;
      }
      case 'failed':
        this.#queue.end(report.id)?.reject(fromWireError(report.error));
        this.#dispatch();
        return;
      case 'log':
        this.#logger[report.level](report.message, report.fields);
        return;
    }
  }

  /** Gives the process as much as it may run at once. */
  #dispatch(): void {
    while (this.#state === 'ready') {
      const job = this.#queue.start(this.maxConcurrent);
      if (!job) break;
      const hangMs = Math.max(MIN_HANG_MS, HANG_FACTOR * job.audioMs);
      job.deadline = this.#clock.setTimer(hangMs, () => {
        this.#lose({ reason: `decode not done after ${hangMs} ms`, external: false }, [job]);
      });
      this.#process?.post({ type: 'decode', id: job.id, request: job.request });
    }
    if (this.#queue.idle) this.#onDrained?.();
  }

  /** The process has died, or is to: puts its decodes back in line and starts another. */
  #lose(exit: EngineExit, blamed: readonly SupervisedJob[]): void {
    const process = this.#process;
    this.#process = null;
    this.#startTimer?.cancel();
    process?.kill();
    this.#crashesInARow++;
    this.#logger.warn('The engine process ended unexpectedly.', {
      reason: exit.reason,
      running: this.#queue.running.length,
      inARow: this.#crashesInARow,
    });
    const accused = this.#queue.recover(exit.external ? [] : blamed);
    if (accused) this.#queue.addProbe(this.#probe((outcome) => this.#judge(accused, outcome)));
    if (this.#crashesInARow >= MAX_CRASHES_IN_A_ROW) {
      this.#fail(
        unavailable(
          `The engine crashed ${this.#crashesInARow} times in a row (${exit.reason}) and was left alone. Restart it, or choose another model.`,
        ),
      );
      return;
    }
    // Else several requests that each crash the engine could together pass for a broken engine.
    if (this.#crashesInARow === MAX_CRASHES_IN_A_ROW - 1 && !this.#queue.hasProbe) {
      this.#queue.addProbe(this.#probe(() => {}));
    }
    this.#scheduleStart(FIRST_RESTART_DELAY_MS * 10 ** (this.#crashesInARow - 1));
  }

  /** A second of silence: what any engine in order can decode, so a crash over it is the engine's own. */
  #probe(settle: (outcome: DecodeOutcome) => void): SupervisedJob {
    const request = { audio: new Float32Array(ENGINE_SAMPLE_RATE), language: 'en' };
    return new SupervisedJob(this.#nextId++, request, settle, { probe: true });
  }

  /** The engine crashed twice on `accused`; now it has, or has not, survived a probe. */
  #judge(accused: SupervisedJob, probe: DecodeOutcome): void {
    if (accused.aborted) {
      accused.rejectAborted();
      return;
    }
    if ('error' in probe && probe.error.code !== 'decode_failed') {
      accused.reject(probe.error);
      return;
    }
    this.#blamedInARow++;
    this.#logger.warn('A request that crashed the engine twice was given up.', {
      audioMs: accused.audioMs,
      promptLength: accused.request.prompt?.length ?? 0,
      inARow: this.#blamedInARow,
    });
    accused.reject(
      new EngineError(
        'request_rejected',
        'The engine crashed twice on this audio or prompt, so it was given up. Leave out the prompt, or skip the audio.',
      ),
    );
    if (this.#blamedInARow >= MAX_BLAMED_IN_A_ROW) {
      this.#fail(
        unavailable(
          `The engine crashed on ${this.#blamedInARow} requests in a row and was left alone. Restart it, or choose another model.`,
        ),
      );
    }
  }

  #scheduleStart(delayMs: number): void {
    this.#startTimer?.cancel();
    this.#restarts++;
    this.#startTimer = this.#clock.setTimer(delayMs, () => this.#start());
    this.#setState('restarting');
  }

  #fail(failure: EngineError): void {
    this.#failure = failure;
    const process = this.#process;
    this.#process = null;
    this.#startTimer?.cancel();
    this.#startTimer = null;
    process?.kill();
    this.#logger.error('The engine is down.', { code: failure.code, reason: failure.message });
    // Taken out before anyone hears of it: a listener may restart the engine and ask for more.
    const jobs = this.#queue.clear();
    this.#setState('failed');
    for (const job of jobs) job.reject(failure);
    this.#onDrained?.();
  }

  #abort(job: SupervisedJob): void {
    if (this.#queue.remove(job)) {
      job.rejectAborted();
      this.#dispatch();
      return;
    }
    // Its place in the engine is taken until the engine says otherwise, so it is settled only then.
    job.aborted = true;
    if (this.capabilities.abort) this.#process?.post({ type: 'abort', id: job.id });
  }

  async #drainAndEnd(): Promise<void> {
    if (!this.#queue.idle) {
      await new Promise<void>((resolve) => {
        this.#onDrained = resolve;
      });
    }
    this.#startTimer?.cancel();
    const process = this.#process;
    this.#process = null;
    if (process) await endProcess(process, this.#clock, this.#logger);
    this.#setState('closed');
  }

  #unavailable(): EngineError {
    if (this.#closing) return unavailable('The engine is closed. Start a new one.');
    return this.#failure ?? unavailable('The engine is down. Restart it.');
  }

  #setState(state: EngineState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}

function unavailable(message: string): EngineError {
  return new EngineError('engine_unavailable', message);
}
