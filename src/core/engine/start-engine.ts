import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Clock } from '../foundation/clock.ts';
import type { Logger } from '../foundation/logger.ts';
import { planConcurrency } from './concurrency.ts';
import { EngineError } from './engine.ts';
import { forkEngineProcess } from './host/child-process.ts';
import { SupervisedEngine } from './supervisor.ts';

export interface StartEngineOptions {
  readonly modelPath: string;
  /** Catalogue name; derived from the file's name where absent. */
  readonly modelName?: string;
  /** Threads of one decode; by default as {@link planConcurrency} decides. */
  readonly threads?: number;
  /** Decodes at the same time; by default as {@link planConcurrency} decides. */
  readonly maxConcurrent?: number;
  /** Use a GPU where the engine was built for one. Default false. */
  readonly gpu?: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Loads a Whisper model in a process of its own.
 *
 * @returns an engine that is ready to decode; close it to end the process.
 * @throws {EngineError} `model_invalid`, `engine_not_built`, or `engine_unavailable` if it keeps crashing.
 */
export async function startEngine(options: StartEngineOptions): Promise<SupervisedEngine> {
  const { modelPath, modelName, gpu = false, clock, logger } = options;
  const plan = planConcurrency({
    cores: availableParallelism(),
    modelBytes: await sizeOf(modelPath),
    gpu,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  const maxConcurrent = options.maxConcurrent ?? plan.maxConcurrent;
  logger.debug('Starting the engine.', { threads: plan.threads, maxConcurrent, gpu });
  const engine = new SupervisedEngine({
    startProcess: () => forkEngineProcess({ logger, maxConcurrent }),
    spec: {
      kind: 'whisper',
      modelPath,
      threads: plan.threads,
      gpu,
      ...(modelName === undefined ? {} : { modelName }),
    },
    clock,
    logger,
    maxConcurrent,
  });
  try {
    await engine.ready();
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function sizeOf(modelPath: string): Promise<number> {
  try {
    return (await stat(modelPath)).size;
  } catch (cause) {
    throw new EngineError(
      'model_invalid',
      `The model file cannot be read: ${modelPath}. Download the model again, or choose another.`,
      { cause },
    );
  }
}
