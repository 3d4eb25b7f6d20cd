import { normalizedErasure } from '../../../src/cli/measures/erasure.ts';
import type { EventLog } from '../../../src/cli/measures/event-log.ts';
import { percentile } from '../../../src/cli/measures/percentile.ts';
import type { Sample } from '../../../src/cli/measures/samples.ts';
import { captionLatencies } from '../../../src/cli/measures/word-latency.ts';
import {
  addWordErrors,
  countWordErrors,
  NO_WORD_ERRORS,
  type WordErrors,
  wordErrorRate,
} from '../../../src/core/transcript/word-error-rate.ts';
import type { Measured } from '../results.ts';

/** Silence after which the server ends a segment unless asked otherwise, in milliseconds. */
const DEFAULT_ENDPOINTING_MS = 500;

/** A sample and what was received while it was streamed at real-time pace. */
export interface StreamedSample {
  readonly sample: Sample;
  readonly log: EventLog;
}

/** Everything that can be told from event logs: the same for any server's. */
export function captionRows(streamed: readonly StreamedSample[], name: string): Measured[] {
  const errors = streamed
    .map(({ sample, log }) => countWordErrors(sample.transcript, transcriptOf(log)))
    .reduce(addWordErrors, NO_WORD_ERRORS);
  const timed = streamed.filter(({ sample }) => sample.words.length > 0);
  const latencies = timed.map(({ sample, log }) => captionLatencies(log, sample.words));
  const shown = latencies.flatMap(({ shownMs }) => shownMs);
  const stable = latencies.flatMap(({ stableMs }) => stableMs);
  const final = latencies.flatMap(({ finalMs }) => finalMs);
  const erasure = (kind: 'shown' | 'stable'): number =>
    weighted(streamed.map(({ sample, log }) => [normalizedErasure(log.captions)[kind], sample.durationMs]));
  return [
    errorRow('WER, streaming', errors, name),
    latencyRow('Word latency, shown, p50', shown, 50, 600, name),
    latencyRow('Word latency, shown, p95', shown, 95, 1200, name),
    latencyRow('Word latency, stable, p50', stable, 50, 1000, name),
    latencyRow('Word latency, stable, p95', stable, 95, 2000, name),
    latencyRow('Final latency, p50', final, 50, DEFAULT_ENDPOINTING_MS + 150, name),
    latencyRow('Final latency, p95', final, 95, DEFAULT_ENDPOINTING_MS + 400, name),
    atMostRow('Erasure, shown', erasure('shown'), 0.15, name),
    atMostRow('Erasure, stable', erasure('stable'), 0, name),
  ];
}

/** A word error rate with its parts. */
export function errorRow(measure: string, errors: WordErrors, sample: string, goal = ''): Measured {
  const { substitutions, insertions, deletions, referenceWords } = errors;
  return {
    measure,
    value: wordErrorRate(errors) * 100,
    unit: '%',
    goal,
    met: null,
    sample,
    note: `${referenceWords} words: ${substitutions} substituted, ${insertions} inserted, ${deletions} deleted`,
  };
}

/** The text of all finals. */
export function transcriptOf(log: EventLog): string {
  return log.captions
    .filter(({ kind }) => kind === 'final')
    .map(({ text }) => text)
    .join(' ');
}

function latencyRow(
  measure: string,
  latenciesMs: readonly number[],
  percent: number,
  goalMs: number,
  sample: string,
): Measured {
  const valueMs = percentile(latenciesMs, percent);
  return {
    measure,
    value: valueMs === null ? null : valueMs / 1000,
    unit: 's',
    goal: `≤ ${goalMs / 1000} s`,
    met: valueMs === null ? null : valueMs <= goalMs,
    sample,
    note: `${latenciesMs.length} measured`,
  };
}

function atMostRow(measure: string, value: number, most: number, sample: string): Measured {
  return { measure, value, unit: '', goal: `≤ ${most}`, met: value <= most, sample };
}

function weighted(values: readonly (readonly [number, number])[]): number {
  const weight = values.reduce((sum, [, each]) => sum + each, 0);
  return values.reduce((sum, [value, each]) => sum + value * each, 0) / Math.max(1, weight);
}
