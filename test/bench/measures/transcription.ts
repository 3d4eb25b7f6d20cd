import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { MAX_CONCURRENT } from '../../../src/core/engine/concurrency.ts';
import { countWordErrors } from '../../../src/core/transcript/word-error-rate.ts';
import type { Measured } from '../results.ts';
import { timeProcess } from '../timed-process.ts';
import {
  provideWhisperCpp,
  surtitleTranscriber,
  type Transcriber,
  whisperCppTranscribers,
} from './transcription-programs.ts';
import { makeRecordings, type Recording } from './transcription-recordings.ts';
import { type Trials, transcriptionRows } from './transcription-rows.ts';

/** Starting up takes about a second, and whisper.cpp may stand still for many on a machine that has other work. */
const SHORTEST_LIMIT_MS = 60_000;

export interface TranscriptionMeasureOptions {
  /** Path of the model file. */
  readonly model: string;
  readonly rounds: number;
  /** Length of the longest recording, at least. */
  readonly minutes: number;
  say(text: string): void;
}

/** One recording, and who transcribes it with how many threads. */
interface Contest {
  readonly recording: Recording;
  readonly threads: number;
  readonly ours: Contender;
  readonly theirs: readonly Contender[];
}

interface Contender extends Trials {
  readonly transcriber: Transcriber;
}

/**
 * Transcribes recordings to text files, by turns with our command line and with whisper.cpp's, each a process from
 * its start to its end.
 */
export async function measureTranscription(options: TranscriptionMeasureOptions): Promise<Measured[]> {
  const { model, rounds, minutes, say } = options;
  const whisperCpp = provideWhisperCpp();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'surtitle-bench-'));
  try {
    const { talk, long, pauses } = await makeRecordings(folder, minutes);
    const cores = Math.min(os.availableParallelism(), MAX_CONCURRENT);
    const plan: [Recording, number][] = [[talk, cores]];
    if (cores > 1) plan.unshift([talk, 1]);
    plan.push([long, cores]);
    if (pauses) plan.push([pauses, cores]);
    const contests = plan.map(([recording, threads]): Contest => {
      const theirs =
        whisperCpp.kind === 'built' ? whisperCppTranscribers(whisperCpp.program, { model, threads }) : [];
      return {
        recording,
        threads,
        ours: contender(surtitleTranscriber({ model, threads })),
        theirs: theirs.map(contender),
      };
    });
    for (let round = 1; round <= rounds; round++) {
      say(`files: round ${round} of ${rounds}`);
      for (const { recording, ours, theirs } of contests) {
        for (const each of [ours, ...theirs]) await attempt(each, recording, folder);
      }
    }
    const rows = contests.flatMap(transcriptionRows);
    if (whisperCpp.kind === 'missing')
      rows.push(notMeasured('whisper.cpp’s command line', whisperCpp.reason));
    if (!pauses) rows.push(notMeasured('a recording with long silences', '../shared/speech is absent'));
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function contender(transcriber: Transcriber): Contender {
  return { name: transcriber.name, transcriber, runs: [], errors: null, stoppedAfterMs: null };
}

/** A contender that had to be stopped once is not tried again: it would take as long every time. */
async function attempt(contender: Contender, recording: Recording, folder: string): Promise<void> {
  if (contender.stoppedAfterMs !== null) return;
  const output = path.join(folder, `${path.parse(recording.file).name}.txt`);
  rmSync(output, { force: true });
  const limitMs = Math.max(SHORTEST_LIMIT_MS, recording.durationMs);
  const cost = await timeProcess(contender.transcriber.call(recording.file, folder), limitMs);
  if (!cost) {
    contender.stoppedAfterMs = limitMs;
    return;
  }
  if (!existsSync(output)) throw new Error(`${contender.name} wrote no ${output}.`);
  contender.runs.push(cost);
  contender.errors = countWordErrors(recording.transcript, readFileSync(output, 'utf8'));
}

function notMeasured(what: string, reason: string): Measured {
  return {
    measure: 'Offline speed',
    value: null,
    unit: '',
    goal: '',
    met: null,
    sample: what,
    note: `not measured: ${reason}`,
  };
}
