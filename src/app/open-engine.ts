import { locateEngineBuild } from '../core/engine/build-manifest.ts';
import type { EngineWork } from '../core/engine/concurrency.ts';
import { openEngine, type StartEngineProcess } from '../core/engine/start-engine.ts';
import type { SupervisedEngine } from '../core/engine/supervisor.ts';
import { systemClock } from '../core/foundation/clock.ts';
import type { Logger } from '../core/foundation/logger.ts';
import type { ResolvedModel } from './model-resolution.ts';

/** What the command line decides about an engine. */
export interface ModelEngineOptions {
  readonly model: ResolvedModel;
  /** Of one decode; by default the core decides. */
  readonly threads?: number | undefined;
  /** Decodes at the same time; by default the core decides. */
  readonly maxConcurrent?: number | undefined;
  /** What the machine is for meanwhile; live captions by default. */
  readonly work?: EngineWork;
  /** Whether a GPU may be used; it is where the engine was built for one. */
  readonly gpu: boolean;
  /** How its process is made. Default: Node's `fork`. */
  readonly startProcess?: StartEngineProcess | undefined;
  readonly logger: Logger;
}

/**
 * Starts an engine for a model in a process of its own and returns at once; `ready()` tells when it is
 * loaded or why it is not.
 *
 * @throws {EngineError} `engine_not_built`, `model_invalid`.
 */
export function openModelEngine(options: ModelEngineOptions): SupervisedEngine {
  const { model, threads, maxConcurrent, work, gpu, startProcess, logger } = options;
  return openEngine({
    modelPath: model.path,
    modelName: model.name,
    gpu: gpu && locateEngineBuild().manifest.gpu,
    clock: systemClock,
    logger,
    ...(threads === undefined ? {} : { threads }),
    ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
    ...(work === undefined ? {} : { work }),
    ...(startProcess === undefined ? {} : { startProcess }),
  });
}
