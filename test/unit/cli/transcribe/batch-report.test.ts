import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../../src/cli/exit-codes.ts';
import {
  type BatchReport,
  exitCodeOfBatch,
  failuresOf,
  totalsOf,
} from '../../../../src/cli/transcribe/batch-report.ts';
import { outcomeJson, totalsJson } from '../../../../src/cli/transcribe/json-report.ts';
import {
  failureLines,
  outcomeLine,
  outputLines,
  totalsLine,
  warningLines,
} from '../../../../src/cli/transcribe/report-words.ts';
import { AudioFileError } from '../../../../src/core/audio/audio-file-error.ts';
import type { OutputPlan } from '../../../../src/core/batch/output-files.ts';
import type { FileOutcome } from '../../../../src/core/batch/transcribe-files.ts';
import { EngineError } from '../../../../src/core/engine/engine.ts';
import { SurtitleError } from '../../../../src/core/foundation/errors.ts';

function plan(name: string): OutputPlan {
  return {
    input: `${name}.mp3`,
    outputs: [
      { format: 'srt', file: `${name}.srt` },
      { format: 'txt', file: `${name}.txt` },
    ],
    progressFile: `${name}.surtitle-progress`,
  };
}

function done(name: string, more: { resumedAtMs?: number; warnings?: string[] } = {}): FileOutcome {
  return {
    kind: 'done',
    plan: plan(name),
    transcription: {
      transcript: {
        title: name,
        language: 'en',
        durationMs: 600_000,
        model: 'tiny',
        createdAt: '2026-01-01T00:00:00.000Z',
        segments: [],
      },
      warnings: more.warnings ?? [],
      resumedAtMs: more.resumedAtMs ?? 0,
      forgetProgress: () => Promise.resolve(),
    },
  };
}

function failed(name: string, error: unknown): FileOutcome {
  return { kind: 'failed', plan: plan(name), error };
}

const skipped = (name: string): FileOutcome => ({ kind: 'skipped', plan: plan(name) });
const stopped = (name: string): FileOutcome => ({ kind: 'stopped', plan: plan(name) });
const notAudio = new AudioFileError('audio_file_unsupported', 'This is a text file.');
const empty = new AudioFileError('audio_file_invalid', 'The file is empty.');
const diskFull = new SurtitleError('output_unwritable', 'The disk is full.');
const noneFound = { input: 'folder', error: new SurtitleError('no_audio_found', 'There are none.') };

function report(outcomes: FileOutcome[], problems: BatchReport['problems'] = []): BatchReport {
  return { outcomes, problems, wallMs: 30_000 };
}

describe('the exit code of a batch', () => {
  it.each([
    ['everything is done or was', [done('a'), skipped('b')], [], EXIT.ok],
    ['one is no audio', [done('a'), failed('b', notAudio)], [], EXIT.notAudio],
    [
      'several are no audio, in different ways',
      [failed('a', notAudio), failed('b', empty)],
      [],
      EXIT.notAudio,
    ],
    ['the disk is full', [failed('a', diskFull)], [], EXIT.input],
    ['nothing is found', [], [noneFound], EXIT.input],
    ['the engine is lost', [failed('a', new EngineError('engine_unavailable', 'x'))], [], EXIT.engine],
    ['something unexpected happens', [failed('a', new TypeError('x'))], [], EXIT.failure],
    ['the failures are of different kinds', [failed('a', notAudio), failed('b', diskFull)], [], EXIT.mixed],
    ['arguments and recordings fail differently', [failed('a', notAudio)], [noneFound], EXIT.mixed],
    ['it was stopped, whatever failed before', [failed('a', notAudio), stopped('b')], [], EXIT.interrupted],
  ])('where %s', (_case, outcomes, problems, exitCode) => {
    expect(exitCodeOfBatch(report(outcomes, problems))).toBe(exitCode);
  });
});

describe('the report of a batch', () => {
  it('counts what came of the recordings, and the audio that this run transcribed', () => {
    const all = report(
      [done('a'), done('b', { resumedAtMs: 400_000 }), skipped('c'), failed('d', notAudio), stopped('e')],
      [noneFound],
    );
    expect(totalsOf(all)).toEqual({
      done: 2,
      skipped: 1,
      failed: 2,
      stopped: 1,
      audioMs: 800_000,
      wallMs: 30_000,
    });
    expect(totalsLine(totalsOf(all))).toBe(
      '2 transcribed, 1 skipped (transcribed before; --force does them again), 2 failed, 1 not finished: 13:20 of audio in 0:30 (27× real time)',
    );
    expect(totalsJson(totalsOf(all), 'tiny', 130)).toEqual({
      type: 'summary',
      done: 2,
      skipped: 1,
      failed: 2,
      stopped: 1,
      model: 'tiny',
      audio_ms: 800_000,
      wall_ms: 30_000,
      exit_code: 130,
    });
  });

  it('says nothing more where an error has said it all', () => {
    expect(totalsLine(totalsOf(report([failed('a', notAudio)])))).toBeNull();
    expect(totalsLine(totalsOf(report([failed('a', notAudio), failed('b', notAudio)])))).toBe('2 failed');
  });

  it('tells every failure once, with its recordings', () => {
    const lost = new EngineError('engine_unavailable', 'The engine crashed.');
    const outcomes = ['a', 'b', 'c', 'd', 'e'].map((name) => failed(name, lost));
    expect(failureLines(failuresOf(report([failed('x', notAudio), ...outcomes], [noneFound])))).toEqual([
      'error: folder: There are none. (no_audio_found)',
      'error: x.mp3: This is a text file. (audio_file_unsupported)',
      'error: a.mp3, b.mp3, c.mp3 and 2 more: The engine crashed. (engine_unavailable)',
    ]);
  });

  it('gives a line to what is done, and warnings under its name', () => {
    const outcome = done('a', { resumedAtMs: 300_000, warnings: ['The file is cut short.'] });
    expect(outcomeLine(outcome, 10_000)).toBe(
      'a.mp3: 10:00 of audio, of which 5:00 were there already, in 0:10 (30×)',
    );
    expect(warningLines(outcome)).toEqual(['warning: a.mp3: The file is cut short.']);
    expect(outcomeLine(failed('b', notAudio), 10)).toBe('b.mp3: failed');
    expect(outcomeLine(skipped('c'), 0)).toBeNull();
  });

  it('lists the files of a few recordings, and says where those of many are', () => {
    expect(outputLines([done('a'), skipped('b')], undefined)).toEqual(['  a.srt', '  a.txt']);
    const many = Array.from({ length: 12 }, (_, index) => done(`talk ${index}`));
    expect(outputLines(many, undefined)).toEqual(['  24 files (srt, txt) beside the recordings']);
    expect(outputLines(many, 'out')).toEqual(['  24 files (srt, txt) in out']);
  });

  it('never lets a file name steer the terminal', () => {
    const outcome = failed('a\u001b[2J\nb', new SurtitleError('x', 'See a\u001b[2J.'));
    for (const line of [...failureLines(failuresOf(report([outcome]))), outcomeLine(outcome, 0)]) {
      expect(line).not.toMatch(/\p{Cc}/u);
    }
  });

  it('is lines of JSON for programs', () => {
    expect(outcomeJson(done('a', { resumedAtMs: 100.4, warnings: ['Cut short.'] }))).toEqual({
      type: 'file',
      input: 'a.mp3',
      status: 'done',
      outputs: ['a.srt', 'a.txt'],
      language: 'en',
      duration_ms: 600_000,
      resumed_at_ms: 100,
      warnings: ['Cut short.'],
    });
    expect(outcomeJson(skipped('b'))).toEqual({
      type: 'file',
      input: 'b.mp3',
      status: 'skipped',
      outputs: ['b.srt', 'b.txt'],
    });
    expect(outcomeJson(failed('c', diskFull))).toEqual({
      type: 'file',
      input: 'c.mp3',
      status: 'failed',
      error: { code: 'output_unwritable', message: 'The disk is full.' },
    });
    expect(outcomeJson(stopped('d'))).toEqual({ type: 'file', input: 'd.mp3', status: 'stopped' });
  });
});
