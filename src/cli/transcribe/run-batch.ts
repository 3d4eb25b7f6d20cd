import { stat } from 'node:fs/promises';
import type { ResolvedModel } from '../../app/model-resolution.ts';
import { openMediaFile } from '../../core/audio/media/open-media-file.ts';
import { isDone, type OutputPlan } from '../../core/batch/output-files.ts';
import { removeLeftProgress } from '../../core/batch/progress-file.ts';
import { type FileOutcome, transcribeFiles } from '../../core/batch/transcribe-files.ts';
import { systemClock } from '../../core/foundation/clock.ts';
import { textLogger } from '../logging.ts';
import { type BatchEngine, openBatchEngine } from './batch-engine.ts';
import { BatchProgress, type ProgressView } from './batch-progress.ts';
import type { TranscribeOptions } from './options.ts';
import { ProgressBars } from './progress-bars.ts';
import { ProgressLines } from './progress-lines.ts';
import { askOf, type SpeechContext } from './speech-options.ts';

export interface BatchRequest {
  readonly plans: readonly OutputPlan[];
  readonly options: TranscribeOptions;
  readonly model: ResolvedModel;
  readonly context: SpeechContext;
  /** Stops politely; what is done is kept. */
  readonly signal: AbortSignal;
  /** Called where there is anything to do, before the model is loaded. */
  beforeLoading(): void;
  /** A recording has come to its end, after `wallMs`. `say` writes a line beside the progress. */
  onFinished(outcome: FileOutcome, wallMs: number, say: (line: string) => void): void;
}

export interface BatchRun {
  /** @throws {SurtitleError} where nothing could be transcribed at all: `model_invalid`, `unsupported_language`, … */
  readonly finished: Promise<BatchResult>;
  /** Writes a line beside the progress. */
  say(line: string): void;
  /** Takes the progress from the screen. Safe to call twice. */
  end(): void;
}

export interface BatchResult {
  /** One for every plan, in order. */
  readonly outcomes: readonly FileOutcome[];
  readonly wallMs: number;
}

/** Starts to transcribe recordings to files, with progress on standard error. */
export function runBatch(request: BatchRequest): BatchRun {
  let view: ProgressView | null = null;
  const say = (line: string) => {
    if (view) view.note(line);
    else process.stderr.write(`${line}\n`);
  };
  const end = () => view?.end();
  const run = async (): Promise<BatchResult> => {
    const startedAtMs = systemClock.now();
    const { plans, options } = request;
    const pending = options.force ? plans : plans.filter((plan) => !isDone(plan));
    if (pending.length === 0) return { outcomes: await skipAll(plans, request), wallMs: 0 };
    request.beforeLoading();
    const progress = new BatchProgress(await sizesOf(pending), systemClock);
    const shown = createView(progress, options);
    view = shown;
    const logger = textLogger(options.verbose ? 'debug' : 'warn', (line) => say(line.trimEnd()));
    const engine = await openBatchEngine({ ...options, model: request.model, logger });
    try {
      return {
        outcomes: await transcribeAll(request, engine, progress, shown),
        wallMs: systemClock.now() - startedAtMs,
      };
    } finally {
      end();
      await engine.close();
    }
  };
  return { finished: run(), say, end };
}

function transcribeAll(
  { plans, options, context, signal, onFinished }: BatchRequest,
  batchEngine: BatchEngine,
  progress: BatchProgress,
  view: ProgressView,
): Promise<FileOutcome[]> {
  const { engine, scheduler, voiceActivity, concurrency, filesAtOnce, identity } = batchEngine;
  const startedAtMs = new Map<OutputPlan, number>();
  return transcribeFiles(
    plans,
    {
      ...askOf(engine.model, options, context),
      modelIdentity: identity,
      force: options.force,
      words: options.words,
      filesAtOnce,
    },
    {
      openLane: (name) => scheduler.backgroundLane(name),
      openAudio: (file, stop) => openMediaFile(file, stop ? { signal: stop } : {}),
      voiceActivity,
      concurrency,
      now: () => new Date(),
      signal,
      listener: {
        started: (plan) => startedAtMs.set(plan, systemClock.now()),
        progress(plan, done) {
          if (progress.progressed(plan, done)) view.opened(plan);
          else view.progressed(plan);
        },
        finished(outcome) {
          const { plan } = outcome;
          progress.finished(outcome);
          view.closed(plan);
          const begin = startedAtMs.get(plan);
          const wallMs = begin === undefined ? 0 : systemClock.now() - begin;
          onFinished(outcome, wallMs, (line) => view.note(line));
        },
      },
    },
  );
}

async function skipAll(plans: readonly OutputPlan[], { onFinished }: BatchRequest): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  for (const plan of plans) {
    await removeLeftProgress(plan.progressFile);
    const outcome: FileOutcome = { kind: 'skipped', plan };
    onFinished(outcome, 0, () => undefined);
    outcomes.push(outcome);
  }
  return outcomes;
}

/** Bars on a terminal; but lines of JSON on the same terminal would tear them apart. */
function createView(progress: BatchProgress, { json }: TranscribeOptions): ProgressView {
  const { stderr, stdout } = process;
  const canDraw = stderr.isTTY && process.env.TERM !== 'dumb' && !(json && stdout.isTTY);
  return canDraw ? new ProgressBars(progress, stderr) : new ProgressLines(progress, stderr, systemClock);
}

/** A recording that is gone meanwhile weighs nothing, and fails in its turn. */
async function sizesOf(plans: readonly OutputPlan[]): Promise<Map<OutputPlan, number>> {
  const sizes = new Map<OutputPlan, number>();
  for (const plan of plans) {
    const status = await stat(plan.input).catch(() => null);
    sizes.set(plan, status?.size ?? 0);
  }
  return sizes;
}
