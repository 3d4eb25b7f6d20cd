import {
  countWordErrors,
  totalWordErrors,
  type WordErrors,
  wordErrorRate,
} from '../../core/transcript/word-error-rate.ts';
import { normalizedErasure } from '../measures/erasure.ts';
import type { EventLog } from '../measures/event-log.ts';
import { percentile } from '../measures/percentile.ts';
import type { Sample } from '../measures/samples.ts';
import { captionLatencies } from '../measures/word-latency.ts';
import { wrap } from '../terminal/cell-width.ts';

/** What a demo came to. */
export interface DemoRun {
  readonly sample: Sample;
  readonly log: EventLog;
  /** Played at the pace of the talk, so that latencies mean something. */
  readonly realTime: boolean;
  readonly wallMs: number;
  /** Time and audio of all decodes, partials included. */
  readonly decoding: { readonly decodeMs: number; readonly audioMs: number };
}

const LABEL_WIDTH = 10;

/** The summary's lines, each at most `columns` cells wide. */
export function summarize(run: DemoRun, columns: number): string[] {
  const { sample, log, realTime } = run;
  const transcript = log.captions
    .filter(({ kind }) => kind === 'final')
    .map(({ text }) => text)
    .join(' ');
  const errors = countWordErrors(sample.transcript, transcript);
  const rows: [string, string][] = [['Words', describeErrors(errors)]];
  if (realTime) {
    const latencies = captionLatencies(log, sample.words);
    rows.push(
      ['Shown', describeLatency(latencies.shownMs, 'of being said')],
      ['Stable', describeLatency(latencies.stableMs, 'of being said')],
      ['Final', describeLatency(latencies.finalMs, 'of the last word')],
      [
        'Changed',
        `${(normalizedErasure(log.captions).shown * 100).toFixed(0)} % of the words shown were taken back`,
      ],
    );
  } else {
    rows.push(['Latency', 'not measured with --fast: it needs the pace of the talk']);
  }
  rows.push(['Speed', describeSpeed(run)]);
  return rows.flatMap(([label, text]) => layOut(label, text, columns));
}

/** A label in front of text that is wrapped behind it. */
export function layOut(label: string, text: string, columns: number): string[] {
  const lines = wrap(text, Math.max(columns - LABEL_WIDTH, LABEL_WIDTH));
  return lines.map((line, index) => (index === 0 ? label : '').padEnd(LABEL_WIDTH) + line);
}

function describeErrors(errors: WordErrors): string {
  const { substitutions, insertions, deletions, referenceWords } = errors;
  const wrong = totalWordErrors(errors);
  const rate = `${(wordErrorRate(errors) * 100).toFixed(1)} % word error rate`;
  if (wrong === 0) return `all ${referenceWords} right (${rate})`;
  return `${referenceWords} said, ${wrong} wrong: ${substitutions} mistaken, ${deletions} missed, ${insertions} made up (${rate})`;
}

function describeLatency(latenciesMs: readonly number[], since: string): string {
  const half = percentile(latenciesMs, 50);
  const most = percentile(latenciesMs, 95);
  if (half === null || most === null) return 'not measured: no word was recognised';
  return `half within ${seconds(half)} ${since}, 95 % within ${seconds(most)}`;
}

function describeSpeed({ decoding, sample, wallMs, realTime }: DemoRun): string {
  const engine = `the engine decodes ${(decoding.audioMs / Math.max(1, decoding.decodeMs)).toFixed(0)} s of speech a second`;
  if (!realTime) return `${engine}; the whole talk took ${seconds(wallMs)} of ${seconds(sample.durationMs)}`;
  return `${engine} and was busy ${((100 * decoding.decodeMs) / Math.max(1, wallMs)).toFixed(0)} % of the time`;
}

function seconds(durationMs: number): string {
  // A no-break space: a number is not torn from its unit.
  return `${(durationMs / 1000).toFixed(1)}\u00a0s`;
}
