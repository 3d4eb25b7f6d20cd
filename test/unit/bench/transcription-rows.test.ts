import { describe, expect, test } from 'vitest';
import { type Trials, transcriptionRows } from '../../bench/measures/transcription-rows.ts';

const RECORDING = { name: 'talk.wav', durationMs: 60_000 };

function trials(name: string, wallsMs: readonly number[], others: Partial<Trials> = {}): Trials {
  const runs = wallsMs.map((wallMs) => ({ wallMs, cpuMs: 2 * wallMs, peakMegabytes: 300 }));
  const errors = { substitutions: 1, insertions: 0, deletions: 1, referenceWords: 200 };
  return { name, runs, errors, stoppedAfterMs: null, ...others };
}

describe('the rows that compare transcription with whisper.cpp’s command line', () => {
  test('give our median speed, its ratio to theirs and our memory', () => {
    const rows = transcriptionRows({
      recording: RECORDING,
      threads: 2,
      ours: trials('surtitle', [9_000, 2_000, 3_000]),
      theirs: [trials('greedy', [2_400]), trials('beam', [6_000, 5_000, 7_000])],
    });
    expect(rows.map(({ measure, value, met }) => [measure, value, met])).toEqual([
      ['Offline speed', 20, null],
      ['Offline speed ÷ whisper.cpp (greedy)', 0.8, false],
      ['Offline speed ÷ whisper.cpp (beam)', 2, true],
      ['Memory, transcribing', 300, null],
    ]);
    expect(new Set(rows.map(({ sample }) => sample))).toEqual(new Set(['talk.wav, 2 threads']));
    expect(rows[2]?.note).toBe('whisper.cpp: 6.0 s (5.0 s to 7.0 s), CPU 12.0 s, 300 MB, WER 1.0 %');
  });

  test('judge nothing where whisper.cpp had to be stopped', () => {
    const stopped = trials('greedy', [1_000], { errors: null, stoppedAfterMs: 60_000 });
    const rows = transcriptionRows({
      recording: RECORDING,
      threads: 1,
      ours: trials('surtitle', [3_000]),
      theirs: [stopped],
    });
    expect(rows[1]).toMatchObject({ value: null, met: null, sample: 'talk.wav, 1 thread' });
    expect(rows[1]?.note).toContain('stopped after 60.0 s');
  });

  test('leave out what cannot be read on this system', () => {
    const blind = { ...trials('surtitle', []), runs: [{ wallMs: 3_000, cpuMs: null, peakMegabytes: null }] };
    const rows = transcriptionRows({ recording: RECORDING, threads: 1, ours: blind, theirs: [] });
    expect(rows.map(({ value }) => value)).toEqual([20, null]);
    expect(rows[0]?.note).toBe('3.0 s (3.0 s to 3.0 s), WER 1.0 %');
  });
});
