import { statSync } from 'node:fs';
import type { ResolvedModel } from '../../app/model-resolution.ts';
import { openModelEngine } from '../../app/open-engine.ts';
import { DecodeScheduler } from '../../core/engine/scheduler.ts';
import type { SupervisedEngine } from '../../core/engine/supervisor.ts';
import { systemClock } from '../../core/foundation/clock.ts';
import { describeError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import { energyStretches } from '../../core/recognition/energy-voice-activity.ts';
import { loadSileroVoiceActivity } from '../../core/recognition/silero-voice-activity.ts';
import type { StretchVoiceActivity } from '../../core/recognition/voice-activity.ts';

/** Every open file has a thread that decodes it, and a buffer. */
const MOST_FILES_AT_ONCE = 4;

export interface BatchEngineOptions {
  readonly model: ResolvedModel;
  readonly threads: number | undefined;
  /** Decodes at the same time. */
  readonly jobs: number | undefined;
  readonly gpu: boolean;
  readonly logger: Logger;
}

/** An engine with the whole machine to itself, and what finds the speech for it. */
export interface BatchEngine {
  readonly engine: SupervisedEngine;
  readonly scheduler: DecodeScheduler;
  readonly voiceActivity: StretchVoiceActivity;
  /** Chunks of one recording that may wait or be decoded: one more than fit, so that the engine never waits. */
  readonly concurrency: number;
  readonly filesAtOnce: number;
  /** Changes with anything but the options that texts depend on. */
  readonly identity: string;
  close(): Promise<void>;
}

/**
 * Loads model and voice activity.
 * @throws {EngineError} `engine_not_built`, `model_invalid`, `engine_unavailable`.
 */
export async function openBatchEngine(options: BatchEngineOptions): Promise<BatchEngine> {
  const { model, threads, jobs, gpu, logger } = options;
  const engine = openModelEngine({ model, threads, maxConcurrent: jobs, gpu, work: 'batch', logger });
  let voice: VoiceActivitySource | null = null;
  const close = async () => {
    await engine.close();
    await voice?.close();
  };
  try {
    [voice] = await Promise.all([openVoiceActivity(logger), engine.ready()]);
  } catch (error) {
    await close();
    throw error;
  }
  const { size, mtimeMs } = statSync(model.path);
  return {
    engine,
    scheduler: new DecodeScheduler(engine, { clock: systemClock, logger }),
    voiceActivity: voice.voiceActivity,
    concurrency: engine.maxConcurrent + 1,
    // Beside a GPU there are cores to read the next file meanwhile.
    filesAtOnce: Math.min(MOST_FILES_AT_ONCE, engine.maxConcurrent + (engine.capabilities.gpu ? 1 : 0)),
    identity: `${size} ${mtimeMs} ${voice.name}`,
    close,
  };
}

interface VoiceActivitySource {
  readonly name: string;
  readonly voiceActivity: StretchVoiceActivity;
  close(): Promise<void>;
}

async function openVoiceActivity(logger: Logger): Promise<VoiceActivitySource> {
  try {
    const silero = await loadSileroVoiceActivity();
    return { name: 'silero', voiceActivity: silero, close: () => silero.close() };
  } catch (error) {
    logger.warn(describeError(error));
    return { name: 'energy', voiceActivity: energyStretches, close: () => Promise.resolve() };
  }
}
