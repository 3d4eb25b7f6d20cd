import os from 'node:os';
import { forkEngineProcess } from '../core/engine/host/child-process.ts';
import { SupervisedEngine } from '../core/engine/supervisor.ts';
import { systemClock } from '../core/foundation/clock.ts';
import type { Logger } from '../core/foundation/logger.ts';
import type { ResolvedModel } from './model-resolution.ts';

/** Decodes at the same time in one engine process. */
const MAX_CONCURRENT = 1;

/** What the command line decides about an engine. */
export interface OpenEngineOptions {
  readonly model: ResolvedModel;
  /** Of one decode; absent: chosen by the model's size. */
  readonly threads?: number | undefined;
  readonly gpu: boolean;
  readonly logger: Logger;
}

/**
 * Threads for a decode where the user asked for none: one for small models, since ggml's threads spin
 * while they wait and a captioner runs beside video calls; two for larger ones that one could not keep up.
 */
export function defaultThreads(model: ResolvedModel): number {
  if (model.starter || /tiny|base/u.test(model.name)) return 1;
  return Math.max(1, Math.min(4, Math.floor(os.availableParallelism() / 2)));
}

/** Starts an engine in a process of its own and returns at once; `ready()` says when it is loaded. */
export function openEngine({ model, threads, gpu, logger }: OpenEngineOptions): SupervisedEngine {
  return new SupervisedEngine({
    startProcess: () => forkEngineProcess({ logger, maxConcurrent: MAX_CONCURRENT }),
    spec: {
      kind: 'whisper',
      modelPath: model.path,
      modelName: model.name,
      threads: threads ?? defaultThreads(model),
      gpu,
    },
    clock: systemClock,
    logger,
    maxConcurrent: MAX_CONCURRENT,
  });
}
