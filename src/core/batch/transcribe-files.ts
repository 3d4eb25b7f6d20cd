import type { DecodeLane } from '../engine/engine.ts';
import { EngineError, type EngineErrorCode } from '../engine/engine.ts';
import { isDone, makeOutputFolder, type OutputPlan, writeOutputs } from './output-files.ts';
import { removeLeftProgress } from './progress-file.ts';
import {
  type FileProgress,
  type FileTranscription,
  type FileTranscriptionDependencies,
  type FileTranscriptionOptions,
  transcribeFile,
} from './transcribe-file.ts';

/** What became of a recording. */
export type FileOutcome =
  | { readonly kind: 'done'; readonly plan: OutputPlan; readonly transcription: FileTranscription }
  /** Everything asked for was there already. */
  | { readonly kind: 'skipped'; readonly plan: OutputPlan }
  | { readonly kind: 'failed'; readonly plan: OutputPlan; readonly error: unknown }
  /** The run was stopped before or during it; what was done of it is kept. */
  | { readonly kind: 'stopped'; readonly plan: OutputPlan };

/** Follows a batch. */
export interface BatchListener {
  started?(plan: OutputPlan): void;
  progress?(plan: OutputPlan, progress: FileProgress): void;
  finished?(outcome: FileOutcome): void;
}

export interface BatchOptions extends Omit<FileTranscriptionOptions, 'progressFile'> {
  /** Do again what is done, and replace what is there. */
  readonly force: boolean;
  /** Put word times into the formats that can hold them. */
  readonly words: boolean;
  /** Recordings transcribed at the same time. */
  readonly filesAtOnce: number;
}

export interface BatchDependencies
  extends Omit<FileTranscriptionDependencies, 'lane' | 'beforeWriting' | 'onProgress'> {
  /** One recording's access to the engine; closed when it is finished. */
  openLane(name: string): DecodeLane;
  readonly listener?: BatchListener;
}

/**
 * Transcribes recordings and writes their outputs. One that fails does not keep the others from being done, unless
 * the engine is lost. Never rejects for a recording's sake.
 *
 * @returns one outcome for every plan, in order.
 */
export async function transcribeFiles(
  plans: readonly OutputPlan[],
  options: BatchOptions,
  dependencies: BatchDependencies,
): Promise<FileOutcome[]> {
  const outcomes = new Array<FileOutcome>(plans.length);
  let next = 0;
  let lost: unknown = null;
  const work = async () => {
    for (let index = next++; index < plans.length; index = next++) {
      const plan = plans[index] as OutputPlan;
      const outcome: FileOutcome =
        lost === null ? await attempt(plan, options, dependencies) : { kind: 'failed', plan, error: lost };
      if (outcome.kind === 'failed' && isEngineLost(outcome.error)) lost = outcome.error;
      outcomes[index] = outcome;
      dependencies.listener?.finished?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.filesAtOnce) }, work));
  return outcomes;
}

async function attempt(
  plan: OutputPlan,
  options: BatchOptions,
  dependencies: BatchDependencies,
): Promise<FileOutcome> {
  const { openLane, listener, ...rest } = dependencies;
  if (rest.signal?.aborted) return { kind: 'stopped', plan };
  if (!options.force && isDone(plan)) {
    await removeLeftProgress(plan.progressFile);
    return { kind: 'skipped', plan };
  }
  listener?.started?.(plan);
  const lane = openLane(plan.input);
  try {
    const { force, words, filesAtOnce: _others, ...transcription } = options;
    const result = await transcribeFile(
      plan.input,
      { ...transcription, progressFile: plan.progressFile },
      {
        ...rest,
        lane,
        // For a recording that can be read only: a mistyped name must not leave folders behind.
        beforeWriting: () => makeOutputFolder(plan),
        onProgress: (progress) => listener?.progress?.(plan, progress),
      },
    );
    await writeOutputs(plan, result.transcript, { overwrite: force, words });
    await result.forgetProgress();
    return { kind: 'done', plan, transcription: result };
  } catch (error) {
    if (rest.signal?.aborted) return { kind: 'stopped', plan };
    return { kind: 'failed', plan, error };
  } finally {
    lane.close();
  }
}

const LOST: ReadonlySet<string> = new Set<EngineErrorCode>([
  'engine_unavailable',
  'engine_not_built',
  'model_invalid',
]);

/** Whether no other recording can do any better. */
function isEngineLost(error: unknown): boolean {
  return error instanceof EngineError && LOST.has(error.code);
}
