import { DecodeScheduler } from '../../../src/core/engine/scheduler.ts';
import { ScriptedEngine } from '../../../src/core/engine/scripted-engine.ts';
import type { Clock, Timer } from '../../../src/core/foundation/clock.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { EnergyVoiceActivity } from '../../../src/core/recognition/energy-voice-activity.ts';
import { StreamingService } from '../../../src/core/server/streaming-service.ts';

/** A clock whose timers can all be stopped at once, as those of a process that dies are. */
class MortalClock implements Clock {
  readonly #clock: Clock;
  readonly #timers = new Set<Timer>();
  #dead = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    if (this.#dead) return { cancel: () => undefined };
    const timer = this.#clock.setTimer(delayMs, () => {
      this.#timers.delete(timer);
      callback();
    });
    this.#timers.add(timer);
    return {
      cancel: () => {
        this.#timers.delete(timer);
        timer.cancel();
      },
    };
  }

  die(): void {
    this.#dead = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }
}

/** One life of the server's process. */
export class ServerHost {
  readonly service: StreamingService;
  readonly #clock: MortalClock;

  /** @param decode how long the engine takes, by itself and as a share of the audio's duration. */
  constructor(clock: Clock, decode: { readonly decodeMs: number; readonly realTimeFactor: number }) {
    this.#clock = new MortalClock(clock);
    const engine = new ScriptedEngine({ clock: this.#clock, ...decode });
    const scheduler = new DecodeScheduler(engine, { clock: this.#clock });
    this.service = new StreamingService({
      clock: this.#clock,
      logger: silentLogger,
      engine: {
        model: engine.model,
        capabilities: engine.capabilities,
        maxConcurrent: engine.maxConcurrent,
        lane: (sessionId) => scheduler.lane(sessionId),
        backgroundLane: (jobId) => scheduler.backgroundLane(jobId),
      },
      maxSessions: 4,
      createVoiceActivity: () => new EnergyVoiceActivity(),
    });
  }

  /** The process is killed: nothing of it ever happens again. */
  die(): void {
    this.#clock.die();
  }
}
