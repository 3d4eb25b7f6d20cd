import type { Clock } from '../foundation/clock.ts';
import { type Logger, silentLogger } from '../foundation/logger.ts';
import {
  type DecodeLane,
  type DecodePriority,
  type DecodeRequest,
  type DecodeResult,
  ENGINE_SAMPLE_RATE,
  type Engine,
  type EngineCapabilities,
  EngineError,
  type EngineModel,
} from './engine.ts';

/** Jobs not yet given to the engine. */
export interface WaitingJobs {
  readonly finals: number;
  readonly partials: number;
  readonly background: number;
}

/** Follows the work of a {@link DecodeScheduler}, for metrics. Must not throw. */
export interface EngineObserver {
  /** Jobs waiting, after every change. */
  queued?(waiting: WaitingJobs): void;
  /** A job was given to the engine after `waitMs` in the queue. */
  started?(job: { readonly priority: DecodePriority; readonly waitMs: number }): void;
  /** The engine is done with a job, `decodeMs` after it was given it (restarts of the engine included). */
  finished?(job: {
    readonly priority: DecodePriority;
    readonly decodeMs: number;
    readonly audioMs: number;
    readonly outcome: 'done' | 'failed' | 'aborted';
  }): void;
}

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly logger?: Logger;
  readonly observer?: EngineObserver;
}

interface Job {
  readonly lane: LaneState;
  readonly request: DecodeRequest;
  readonly priority: DecodePriority;
  /** Place in the order of arrivals. A partial that replaces a waiting one takes over its place. */
  readonly arrival: number;
  readonly queuedAtMs: number;
  /** Stops the engine, where it can be stopped. */
  readonly stop: AbortController;
  readonly resolve: (result: DecodeResult) => void;
  readonly reject: (error: unknown) => void;
}

interface LaneState {
  readonly sessionId: string;
  /** Whether it serves someone who is speaking now, rather than a file. */
  readonly live: boolean;
  readonly finals: Job[];
  partial: Job | null;
  readonly background: Job[];
  runningFinal: Job | null;
  runningPartial: Job | null;
  /** Place in the order of arrivals and starts at which the lane last had a final started. */
  finalServed: number;
  /** Likewise for background jobs. */
  backgroundServed: number;
  closed: boolean;
}

/**
 * Shares one engine among many sessions. Finals go first, in order of arrival, but a lane with several
 * takes turns with the others; then the lane whose partial has waited longest. A newer partial replaces
 * the waiting one and keeps its place, so work never queues up and a busy lane still gets its turn.
 *
 * A lane runs at most one final and one partial at a time, so its finals start and end in order.
 *
 * Background jobs (files) come after all of those, and their lanes take turns. A lane may run several at once.
 * A decode cannot be stopped, so while anyone is live they leave one place of the engine free, if it has two.
 */
export class DecodeScheduler {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #observer: EngineObserver;
  readonly #lanes = new Set<LaneState>();
  #running = 0;
  #runningInBackground = 0;
  #sequence = 0;

  constructor(engine: Engine, options: SchedulerOptions) {
    this.#engine = engine;
    this.#clock = options.clock;
    this.#logger = options.logger ?? silentLogger;
    this.#observer = options.observer ?? {};
  }

  /** Those of the engine; an engine that restarts may come back with others. */
  get capabilities(): EngineCapabilities {
    return this.#engine.capabilities;
  }

  get model(): EngineModel {
    return this.#engine.model;
  }

  /** Jobs in the engine and jobs waiting for it. */
  get load(): { readonly running: number } & WaitingJobs {
    let finals = 0;
    let partials = 0;
    let background = 0;
    for (const lane of this.#lanes) {
      finals += lane.finals.length;
      background += lane.background.length;
      if (lane.partial) partials++;
    }
    return { running: this.#running, finals, partials, background };
  }

  /** Opens a lane. `sessionId` is for the log only; two lanes of one session are two lanes. */
  lane(sessionId: string): DecodeLane {
    return this.#open(sessionId, true);
  }

  /** Opens a lane for work that nobody waits for at the pace of speech: all its jobs are background jobs. */
  backgroundLane(jobId: string): DecodeLane {
    return this.#open(jobId, false);
  }

  #open(sessionId: string, live: boolean): DecodeLane {
    const lane: LaneState = {
      sessionId,
      live,
      finals: [],
      partial: null,
      background: [],
      runningFinal: null,
      runningPartial: null,
      finalServed: 0,
      backgroundServed: 0,
      closed: false,
    };
    this.#lanes.add(lane);
    const engine = this.#engine;
    return {
      get capabilities() {
        return engine.capabilities;
      },
      get model() {
        return engine.model;
      },
      decode: (request, options) =>
        this.#queue(lane, request, live ? options : { ...options, priority: 'background' }),
      close: () => this.#closeLane(lane),
    };
  }

  #queue(
    lane: LaneState,
    request: DecodeRequest,
    options: { priority: DecodePriority; signal?: AbortSignal },
  ): Promise<DecodeResult> {
    const { priority, signal } = options;
    if (lane.closed) return Promise.reject(aborted('The session has ended.'));
    if (signal?.aborted) return Promise.reject(aborted('The decode was aborted.'));
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#abort(job);
      const replaced = priority === 'partial' ? lane.partial : null;
      const job: Job = {
        lane,
        // It may wait, and the caller may reuse its samples meanwhile.
        request: { ...request, audio: request.audio.slice() },
        priority,
        arrival: replaced?.arrival ?? ++this.#sequence,
        queuedAtMs: this.#clock.now(),
        stop: new AbortController(),
        resolve: (result) => {
          signal?.removeEventListener('abort', onAbort);
          resolve(result);
        },
        reject: (error) => {
          signal?.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      if (priority === 'final') lane.finals.push(job);
      else if (priority === 'background') lane.background.push(job);
      else lane.partial = job;
      replaced?.reject(aborted('A newer partial took the place of this one.'));
      this.#dispatch();
      this.#reportQueue();
    });
  }

  #dispatch(): void {
    while (this.#running < this.#engine.maxConcurrent) {
      const job = this.#takeFinal() ?? this.#takePartial() ?? this.#takeBackground();
      if (!job) return;
      void this.#run(job);
    }
    if (!this.#engine.capabilities.abort) return;
    for (const lane of this.#lanes) {
      // Its text would be overtaken by the final's before anyone could read it.
      if (lane.finals.length > 0 && !lane.runningFinal && lane.runningPartial) {
        const partial = lane.runningPartial;
        partial.stop.abort();
        partial.reject(aborted('A final of the same session took the place of this partial.'));
      }
    }
  }

  #takeFinal(): Job | null {
    let first: LaneState | null = null;
    let firstSince = Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes) {
      const head = lane.finals[0];
      if (!head || lane.runningFinal) continue;
      // A lane's second final counts as waiting from the start of its first: arrival order among lanes with
      // one final each, turns among lanes with many.
      const since = Math.max(head.arrival, lane.finalServed);
      if (since < firstSince) {
        first = lane;
        firstSince = since;
      }
    }
    if (!first) return null;
    first.finalServed = ++this.#sequence;
    return first.finals.shift() ?? null;
  }

  #takePartial(): Job | null {
    let first: Job | null = null;
    for (const { partial, runningPartial } of this.#lanes) {
      if (!partial || runningPartial) continue;
      if (!first || partial.arrival < first.arrival) first = partial;
    }
    if (first) first.lane.partial = null;
    return first;
  }

  #takeBackground(): Job | null {
    const someoneIsLive = [...this.#lanes].some((lane) => lane.live);
    const places = someoneIsLive ? Math.max(1, this.#engine.maxConcurrent - 1) : this.#engine.maxConcurrent;
    if (this.#runningInBackground >= places) return null;
    let first: LaneState | null = null;
    let firstSince = Number.POSITIVE_INFINITY;
    for (const lane of this.#lanes) {
      const head = lane.background[0];
      const since = head ? Math.max(head.arrival, lane.backgroundServed) : Number.POSITIVE_INFINITY;
      if (since < firstSince) {
        first = lane;
        firstSince = since;
      }
    }
    if (!first) return null;
    first.backgroundServed = ++this.#sequence;
    return first.background.shift() ?? null;
  }

  async #run(job: Job): Promise<void> {
    const { lane, priority } = job;
    const startedAtMs = this.#clock.now();
    this.#running++;
    if (priority === 'final') lane.runningFinal = job;
    else if (priority === 'background') this.#runningInBackground++;
    else lane.runningPartial = job;
    this.#observer.started?.({ priority, waitMs: startedAtMs - job.queuedAtMs });
    let outcome: 'done' | 'failed' | 'aborted' = 'done';
    try {
      job.resolve(await this.#engine.decode(job.request, { signal: job.stop.signal }));
    } catch (error) {
      outcome = error instanceof EngineError && error.code === 'aborted' ? 'aborted' : 'failed';
      if (outcome === 'failed') {
        this.#logger.warn('A decode failed.', {
          session: lane.sessionId,
          priority,
          code: error instanceof EngineError ? error.code : 'unknown',
        });
      }
      job.reject(error);
    }
    this.#running--;
    if (priority === 'final') lane.runningFinal = null;
    else if (priority === 'background') this.#runningInBackground--;
    else lane.runningPartial = null;
    this.#observer.finished?.({
      priority,
      decodeMs: this.#clock.now() - startedAtMs,
      audioMs: (job.request.audio.length / ENGINE_SAMPLE_RATE) * 1_000,
      outcome,
    });
    this.#dispatch();
    this.#reportQueue();
  }

  /** The caller is answered at once; the engine's place is free only when the engine says so. */
  #abort(job: Job): void {
    const { lane } = job;
    const queue = job.priority === 'background' ? lane.background : lane.finals;
    const at = queue.indexOf(job);
    if (at >= 0) queue.splice(at, 1);
    else if (lane.partial === job) lane.partial = null;
    else job.stop.abort();
    job.reject(aborted('The decode was aborted.'));
    this.#reportQueue();
  }

  #closeLane(lane: LaneState): void {
    if (lane.closed) return;
    lane.closed = true;
    this.#lanes.delete(lane);
    const waiting = [
      ...lane.finals.splice(0),
      ...(lane.partial ? [lane.partial] : []),
      ...lane.background.splice(0),
    ];
    lane.partial = null;
    for (const job of waiting) job.reject(aborted('The session has ended.'));
    // With nobody live any more, files may have the whole engine.
    if (lane.live) this.#dispatch();
    this.#reportQueue();
  }

  #reportQueue(): void {
    const { finals, partials, background } = this.load;
    this.#observer.queued?.({ finals, partials, background });
  }
}

function aborted(message: string): EngineError {
  return new EngineError('aborted', message);
}
