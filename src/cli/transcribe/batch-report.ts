import type { FileOutcome } from '../../core/batch/transcribe-files.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import { EXIT, type ExitCode, exitCodeOf } from '../exit-codes.ts';
import type { InputProblem } from './find-recordings.ts';

/** What came of a whole run. */
export interface BatchReport {
  readonly outcomes: readonly FileOutcome[];
  /** Arguments that gave no recording. */
  readonly problems: readonly InputProblem[];
  readonly wallMs: number;
}

/** Something that could not be done. */
export interface Failure {
  readonly input: string;
  readonly code: string;
  readonly message: string;
}

/** The totals of a run. */
export interface BatchTotals {
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  /** Begun or not, and to go on with. */
  readonly stopped: number;
  /** Audio that this run transcribed, without what an earlier one had. */
  readonly audioMs: number;
  readonly wallMs: number;
}

export function failuresOf({ outcomes, problems }: BatchReport): Failure[] {
  return [...problems.map(({ input, error }) => failureOf(input, error)), ...outcomes.flatMap(ofOutcome)];
}

/** @param error whatever was thrown. */
export function failureOf(input: string, error: unknown): Failure {
  const code = error instanceof SurtitleError ? error.code : 'unexpected';
  return { input, code, message: describeError(error) };
}

function ofOutcome(outcome: FileOutcome): Failure[] {
  return outcome.kind === 'failed' ? [failureOf(outcome.plan.input, outcome.error)] : [];
}

export function totalsOf(report: BatchReport): BatchTotals {
  const count = (kind: FileOutcome['kind']) => report.outcomes.filter((one) => one.kind === kind).length;
  return {
    done: count('done'),
    skipped: count('skipped'),
    failed: count('failed') + report.problems.length,
    stopped: count('stopped'),
    audioMs: report.outcomes.reduce((sum, outcome) => sum + newAudioMs(outcome), 0),
    wallMs: report.wallMs,
  };
}

/** Milliseconds of audio that this run transcribed. */
export function newAudioMs(outcome: FileOutcome): number {
  if (outcome.kind !== 'done') return 0;
  const { transcript, resumedAtMs } = outcome.transcription;
  return Math.max(0, transcript.durationMs - resumedAtMs);
}

/**
 * What the run exits with: interrupted where something is left to go on with; else the code of the failures, where they
 * all have the same one.
 */
export function exitCodeOfBatch(report: BatchReport): ExitCode {
  if (report.outcomes.some(({ kind }) => kind === 'stopped')) return EXIT.interrupted;
  const codes = new Set(failuresOf(report).map(({ code }) => exitCodeOf(code)));
  const [only = EXIT.ok] = codes;
  return codes.size > 1 ? EXIT.mixed : only;
}
