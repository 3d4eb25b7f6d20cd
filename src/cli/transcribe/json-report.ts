import type { FileOutcome } from '../../core/batch/transcribe-files.ts';
import type { ExitCode } from '../exit-codes.ts';
import { type BatchTotals, type Failure, failureOf } from './batch-report.ts';

/** What became of a recording, for programs; names as in every JSON of Surtitle. */
export function outcomeJson(outcome: FileOutcome): object {
  const { plan, kind } = outcome;
  const about = { type: 'file', input: plan.input, status: kind };
  switch (outcome.kind) {
    case 'done': {
      const { transcript, resumedAtMs, warnings } = outcome.transcription;
      return {
        ...about,
        outputs: plan.outputs.map(({ file }) => file),
        language: transcript.language,
        duration_ms: transcript.durationMs,
        resumed_at_ms: Math.round(resumedAtMs),
        warnings,
      };
    }
    case 'skipped':
      return { ...about, outputs: plan.outputs.map(({ file }) => file) };
    case 'failed':
      return failureJson(failureOf(plan.input, outcome.error));
    case 'stopped':
      return about;
  }
}

export function failureJson({ input, code, message }: Failure): object {
  return { type: 'file', input, status: 'failed', error: { code, message } };
}

export function totalsJson(totals: BatchTotals, model: string, exitCode: ExitCode): object {
  const { done, skipped, failed, stopped, audioMs, wallMs } = totals;
  return {
    type: 'summary',
    done,
    skipped,
    failed,
    stopped,
    model,
    audio_ms: Math.round(audioMs),
    wall_ms: Math.round(wallMs),
    exit_code: exitCode,
  };
}
