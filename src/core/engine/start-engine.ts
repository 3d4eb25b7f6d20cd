import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Clock } from '../foundation/clock.ts';
import type { Logger } from '../foundation/logger.ts';
import { type EngineWork, planConcurrency } from './concurrency.ts';
import { EngineError } from './engine.ts';
import { forkEngineProcess } from './host/child-process.ts';
import type { EngineProcess } from './host/process.ts';
import { SupervisedEngine } from './supervisor.ts';

/** Makes an engine process; `maxConcurrent` decodes may run in it at the same time. */
export type StartEngineProcess = (options: {
  readonly logger: Logger;
  readonly maxConcurrent: number;
}) => EngineProcess;

export interface StartEngineOptions {
  readonly modelPath: string;
  /** Catalogue name; derived from the file's name where absent. */
  readonly modelName?: string;
  /** Threads of one decode; by default as {@link planConcurrency} decides. */
  readonly threads?: number;
  /** Decodes at the same time; by default as {@link planConcurrency} decides. */
  readonly maxConcurrent?: number;
  /** What the machine is for meanwhile; see {@link planConcurrency}. Default `live`. */
  readonly work?: EngineWork;
  /** Use a GPU where the engine was built for one. Default false. */
  readonly gpu?: boolean;
  /** How its process is made. Default: Node's `fork`. */
  readonly startProcess?: StartEngineProcess;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Loads a Whisper model in a process of its own and waits until it is loaded.
 *
 * @returns an engine that is ready to decode; close it to end the process.
 * @throws {EngineError} `model_invalid`, `engine_not_built`, or `engine_unavailable` if it keeps crashing.
 */
export async function startEngine(options: StartEngineOptions): Promise<SupervisedEngine> {
  const engine = openEngine(options);
  try {
    await engine.ready();
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/**
 * Like {@link startEngine}, without waiting: `ready()` tells when the model is loaded or why it is not, and
 * decodes asked for meanwhile wait for it.
 *
 * @throws {EngineError} `model_invalid` where the file cannot be read.
 */
export function openEngine(options: StartEngineOptions): SupervisedEngine {
  const { modelPath, modelName, gpu = false, startProcess = forkEngineProcess, clock, logger } = options;
  const plan = planConcurrency({
    cores: availableParallelism(),
    modelBytes: sizeOf(modelPath),
    gpu,
    ...(options.work === undefined ? {} : { work: options.work }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.maxConcurrent === undefined ? {} : { maxConcurrent: options.maxConcurrent }),
  });
  const { threads, maxConcurrent } = plan;
  logger.debug('Starting the engine.', { threads, maxConcurrent, gpu });
  return new SupervisedEngine({
    startProcess: () => startProcess({ logger, maxConcurrent }),
    spec: {
      kind: 'whisper',
      modelPath,
      threads,
      maxConcurrent,
      gpu,
      ...(modelName === undefined ? {} : { modelName }),
    },
    clock,
    logger,
    maxConcurrent,
  });
}

function sizeOf(modelPath: string): number {
  try {
    return statSync(modelPath).size;
  } catch (cause) {
    throw new EngineError(
      'model_invalid',
      'The model file cannot be read. Download the model again, or choose another.',
      { cause },
    );
  }
}
