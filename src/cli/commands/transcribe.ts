import { dataFolder } from '../../app/data-folder.ts';
import { realModelHint, requestedModel, resolveModel, STARTER_NOTICE } from '../../app/model-resolution.ts';
import { planOutputs } from '../../core/batch/output-files.ts';
import type { FileOutcome } from '../../core/batch/transcribe-files.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { listenForInterrupt } from '../interrupt.ts';
import { wrap } from '../terminal/cell-width.ts';
import { type BatchReport, exitCodeOfBatch, failuresOf, totalsOf } from '../transcribe/batch-report.ts';
import { findRecordings } from '../transcribe/find-recordings.ts';
import { failureJson, outcomeJson, totalsJson } from '../transcribe/json-report.ts';
import { DEFAULT_FORMATS, type TranscribeOptions } from '../transcribe/options.ts';
import { printTranscript } from '../transcribe/print-transcript.ts';
import {
  failureLines,
  outcomeLine,
  outputLines,
  totalsLine,
  warningLines,
} from '../transcribe/report-words.ts';
import { runBatch } from '../transcribe/run-batch.ts';
import { readSpeechContext } from '../transcribe/speech-options.ts';

/** Transcribes recordings to files, or one of them to standard output. */
export async function transcribe(names: readonly string[], options: TranscribeOptions): Promise<number> {
  const places = { dataFolder: dataFolder() };
  const context = await readSpeechContext(options);
  const model = resolveModel(requestedModel(options.model, process.env), places);
  const found = await findRecordings(names);
  const beforeLoading = () => {
    if (model.starter) for (const text of [STARTER_NOTICE, realModelHint(places)]) note(wrapped(text));
  };
  if (options.stdout) return printTranscript({ found, options, model, context, beforeLoading });
  const plans = planOutputs(found.recordings, options.format ?? DEFAULT_FORMATS, options.outputDir);

  const interrupt = listenForInterrupt(() => {
    run.end();
    process.exit(EXIT.interrupted);
  });
  const run = runBatch({
    plans,
    options,
    model,
    context,
    signal: interrupt.polite,
    beforeLoading,
    onFinished(outcome, wallMs, say) {
      if (options.json) print(JSON.stringify(outcomeJson(outcome)));
      const line = plans.length > 1 ? outcomeLine(outcome, wallMs) : null;
      if (line !== null) say(line);
      for (const warning of warningLines(outcome)) say(warning);
    },
  });
  interrupt.polite.addEventListener('abort', () =>
    run.say('Stopping; what is done is kept. Ctrl-C again ends at once.'),
  );
  if (options.json) {
    for (const failure of failuresOf({ outcomes: [], problems: found.problems, wallMs: 0 })) {
      print(JSON.stringify(failureJson(failure)));
    }
  }
  try {
    const { outcomes, wallMs } = await run.finished;
    return tell({ outcomes, problems: found.problems, wallMs }, options, model.name);
  } finally {
    run.end();
    interrupt.release();
  }
}

/** Failures to standard error, results to standard output. @returns the exit code. */
function tell(report: BatchReport, { json, verbose, outputDir }: TranscribeOptions, model: string): ExitCode {
  const totals = totalsOf(report);
  const exitCode = exitCodeOfBatch(report);
  for (const line of failureLines(failuresOf(report))) note(line);
  if (verbose) for (const outcome of report.outcomes) noteOrigin(outcome);
  const text = totalsLine(totals);
  if (json) print(JSON.stringify(totalsJson(totals, model, exitCode)));
  else
    for (const line of [...(text === null ? [] : [text]), ...outputLines(report.outcomes, outputDir)])
      print(line);
  if (totals.stopped > 0) note('Stopped. Run the same command again to go on.');
  return exitCode;
}

function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Where an error came from that nobody foresaw. */
function noteOrigin(outcome: FileOutcome): void {
  if (outcome.kind !== 'failed' || outcome.error instanceof SurtitleError) return;
  if (outcome.error instanceof Error) note(outcome.error.stack ?? '');
}

/** Broken between words where a terminal would break within them. */
function wrapped(text: string): string {
  const { isTTY, columns } = process.stderr;
  return isTTY && columns ? wrap(text, columns - 1).join('\n') : text;
}
