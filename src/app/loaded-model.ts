import { DecodeScheduler, type EngineObserver } from '../core/engine/scheduler.ts';
import type { StartEngineProcess } from '../core/engine/start-engine.ts';
import type { SupervisedEngine } from '../core/engine/supervisor.ts';
import { systemClock } from '../core/foundation/clock.ts';
import type { Logger } from '../core/foundation/logger.ts';
import type { ResolvedModel } from './model-resolution.ts';
import { openModelEngine } from './open-engine.ts';

/** A model in an engine's process, with the scheduler that shares it. */
export interface LoadedModel {
  readonly model: ResolvedModel;
  readonly engine: SupervisedEngine;
  readonly scheduler: DecodeScheduler;
  /** Fires when it is given up, before {@link close} waits for what is being decoded. */
  readonly gone: AbortSignal;
  /** Decodes what was asked for, then ends the process. Safe to call twice. */
  close(): Promise<void>;
}

export interface LoadModelOptions {
  readonly model: ResolvedModel;
  readonly threads: number | undefined;
  readonly gpu: boolean;
  readonly startProcess?: StartEngineProcess;
  readonly observer: EngineObserver;
  readonly logger: Logger;
}

/**
 * Loads a model.
 * @throws {EngineError} `engine_not_built`, `model_invalid`, `engine_unavailable`.
 */
export async function loadModel(options: LoadModelOptions): Promise<LoadedModel> {
  const { model, threads, gpu, startProcess, observer, logger } = options;
  const engine = openModelEngine({ model, threads, gpu, startProcess, logger });
  try {
    await engine.ready();
  } catch (error) {
    await engine.close();
    throw error;
  }
  const gone = new AbortController();
  return {
    model,
    engine,
    scheduler: new DecodeScheduler(engine, { clock: systemClock, logger, observer }),
    gone: gone.signal,
    close() {
      gone.abort();
      return engine.close();
    },
  };
}
