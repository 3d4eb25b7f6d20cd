import type { OutputPlan } from '../../core/batch/output-files.ts';
import type { FileOutcome } from '../../core/batch/transcribe-files.ts';
import { printable } from '../terminal/cell-width.ts';
import { type BatchTotals, type Failure, newAudioMs } from './batch-report.ts';
import { lengthText, speedText } from './pace-words.ts';

/** More files than this are not listed one by one. */
const MOST_LISTED = 8;
/** Likewise recordings that failed for the same reason. */
const MOST_NAMED = 3;

/** What became of a recording, in a line; nothing for those that need none. */
export function outcomeLine(outcome: FileOutcome, wallMs: number): string | null {
  const name = printable(outcome.plan.input);
  switch (outcome.kind) {
    case 'done': {
      const { transcript, resumedAtMs } = outcome.transcription;
      const from = resumedAtMs > 0 ? `, of which ${lengthText(resumedAtMs)} were there already` : '';
      const length = `${lengthText(transcript.durationMs)} of audio${from}`;
      return `${name}: ${length}, in ${lengthText(wallMs)}${speedOf(newAudioMs(outcome), wallMs)}`;
    }
    case 'failed':
      return `${name}: failed`;
    case 'skipped':
    case 'stopped':
      return null;
  }
}

/** What was wrong with a recording that could be transcribed. */
export function warningLines(outcome: FileOutcome): string[] {
  if (outcome.kind !== 'done') return [];
  return outcome.transcription.warnings.map(
    (warning) => `warning: ${printable(outcome.plan.input)}: ${printable(warning)}`,
  );
}

/** What went wrong, each kind once: an engine that is lost fails all that is left. */
export function failureLines(failures: readonly Failure[]): string[] {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const key = `${failure.code} ${failure.message}`;
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  return [...groups.values()].map((group) => {
    const [{ code, message }] = group as [Failure];
    const names = group.slice(0, MOST_NAMED).map(({ input }) => printable(input));
    const more = group.length > MOST_NAMED ? ` and ${group.length - MOST_NAMED} more` : '';
    return `error: ${names.join(', ')}${more}: ${printable(message)} (${code})`;
  });
}

/** `2 transcribed, 1 failed: 1:02:03 of audio in 1:31 (41× real time)`; nothing where an error has said it all. */
export function totalsLine(totals: BatchTotals): string | null {
  if (totals.failed === 1 && totals.done + totals.skipped + totals.stopped === 0) return null;
  const counts = [
    totals.done > 0 ? `${totals.done} transcribed` : '',
    totals.skipped > 0 ? `${totals.skipped} skipped (transcribed before; --force does them again)` : '',
    totals.failed > 0 ? `${totals.failed} failed` : '',
    totals.stopped > 0 ? `${totals.stopped} not finished` : '',
  ].filter((count) => count !== '');
  const { audioMs, wallMs } = totals;
  const audio =
    totals.done > 0
      ? `: ${lengthText(audioMs)} of audio in ${lengthText(wallMs)}${speedOf(audioMs, wallMs, ' real time')}`
      : '';
  return `${counts.join(', ')}${audio}`;
}

/** Where the transcripts of this run lie. */
export function outputLines(outcomes: readonly FileOutcome[], outputFolder: string | undefined): string[] {
  const plans = outcomes.filter(({ kind }) => kind === 'done').map(({ plan }) => plan);
  const files = plans.flatMap(({ outputs }) => outputs.map(({ file }) => file));
  if (files.length <= MOST_LISTED) return files.map((file) => `  ${printable(file)}`);
  const where = outputFolder === undefined ? 'beside the recordings' : `in ${printable(outputFolder)}`;
  return [`  ${files.length} files (${formatsOf(plans).join(', ')}) ${where}`];
}

function formatsOf(plans: readonly OutputPlan[]): string[] {
  return plans[0]?.outputs.map(({ format }) => format) ?? [];
}

function speedOf(audioMs: number, wallMs: number, unit = ''): string {
  return audioMs <= 0 || wallMs <= 0 ? '' : ` (${speedText(audioMs / wallMs)}${unit})`;
}
