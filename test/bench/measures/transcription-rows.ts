import { percentile } from '../../../src/cli/measures/percentile.ts';
import { type WordErrors, wordErrorRate } from '../../../src/core/transcript/word-error-rate.ts';
import type { Measured } from '../results.ts';
import type { ProcessCost } from '../timed-process.ts';
import type { Recording } from './transcription-recordings.ts';

/** A program's attempts at one recording. */
export interface Trials {
  readonly name: string;
  readonly runs: ProcessCost[];
  /** Of its last text; `null` where it never came to one. */
  errors: WordErrors | null;
  /** When it was stopped because it took too long; `null` where it never did. */
  stoppedAfterMs: number | null;
}

export interface ComparedTranscription {
  readonly recording: Pick<Recording, 'name' | 'durationMs' | 'note'>;
  readonly threads: number;
  readonly ours: Trials;
  readonly theirs: readonly Trials[];
}

/** Our speed and memory for a recording, and the ratio of our speed to each of whisper.cpp's. Values are medians. */
export function transcriptionRows({ recording, threads, ours, theirs }: ComparedTranscription): Measured[] {
  const sample = `${recording.name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const wallMs = wallOf(ours);
  const speed: Measured = {
    measure: 'Offline speed',
    value: wallMs === null ? null : recording.durationMs / wallMs,
    unit: '× real time',
    goal: '',
    met: null,
    sample,
    note: [describe(ours), ...(recording.note ? [recording.note] : [])].join('; '),
  };
  const ratios = theirs.map((their): Measured => {
    const theirMs = wallOf(their);
    const ratio = wallMs === null || theirMs === null ? null : theirMs / wallMs;
    return {
      measure: `Offline speed ÷ whisper.cpp (${their.name})`,
      value: ratio,
      unit: '×',
      goal: '≥ 1.0 ×',
      met: ratio === null ? null : ratio >= 1,
      sample,
      note: `whisper.cpp: ${describe(their)}`,
    };
  });
  const peak: Measured = {
    measure: 'Memory, transcribing',
    value: median(ours.runs, 'peakMegabytes'),
    unit: 'MB',
    goal: '',
    met: null,
    sample,
    note: 'peaks of all its processes added up, so an upper bound',
  };
  return [speed, ...ratios, peak];
}

/** `null` where it was stopped once: the rest would be the lucky ones. */
function wallOf({ runs, stoppedAfterMs }: Trials): number | null {
  return stoppedAfterMs === null ? median(runs, 'wallMs') : null;
}

function describe({ runs, errors, stoppedAfterMs }: Trials): string {
  if (stoppedAfterMs !== null) {
    return `stopped after ${seconds(stoppedAfterMs)}: slower than speech, or held up by other programs`;
  }
  const walls = runs.map(({ wallMs }) => wallMs);
  const range = `(${seconds(Math.min(...walls))} to ${seconds(Math.max(...walls))})`;
  const parts = [`${seconds(median(runs, 'wallMs'))} ${range}`];
  const cpuMs = median(runs, 'cpuMs');
  if (cpuMs !== null) parts.push(`CPU ${seconds(cpuMs)}`);
  const megabytes = median(runs, 'peakMegabytes');
  if (megabytes !== null) parts.push(`${megabytes.toFixed(0)} MB`);
  if (errors) parts.push(`WER ${(wordErrorRate(errors) * 100).toFixed(1)} %`);
  return parts.join(', ');
}

function seconds(ms: number | null): string {
  return ms === null ? '–' : `${(ms / 1000).toFixed(1)} s`;
}

function median(runs: readonly ProcessCost[], field: keyof ProcessCost): number | null {
  const values = runs.map((run) => run[field]).filter((value) => value !== null);
  return percentile(values, 50);
}
