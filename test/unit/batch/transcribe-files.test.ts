import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MediaAudio } from '../../../src/core/audio/media/media-audio.ts';
import { type OutputPlan, planOutputs } from '../../../src/core/batch/output-files.ts';
import {
  type BatchDependencies,
  type BatchOptions,
  type FileOutcome,
  transcribeFiles,
} from '../../../src/core/batch/transcribe-files.ts';
import { EngineError } from '../../../src/core/engine/engine.ts';
import { DecodeScheduler } from '../../../src/core/engine/scheduler.ts';
import { ScriptedEngine } from '../../../src/core/engine/scripted-engine.ts';
import { SurtitleError } from '../../../src/core/foundation/errors.ts';
import { VirtualClock } from '../../../src/core/foundation/virtual-clock.ts';
import { spelledVoiceActivity, spellRecording } from '../../fixtures/spelled-recording.ts';

const SENTENCES = 8;
const recording = spellRecording(
  Array.from({ length: SENTENCES }, () => ({ pauseMs: 2_500, words: 4, gapMs: 60 })),
);

let folder: string;
let engine: ScriptedEngine;
let scheduler: DecodeScheduler;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'surtitle-batch-'));
  const clock = new VirtualClock();
  engine = new ScriptedEngine({ clock });
  scheduler = new DecodeScheduler(engine, { clock });
});

afterEach(() => rm(folder, { recursive: true }));

async function record(...names: readonly string[]): Promise<OutputPlan[]> {
  const files = names.map((name) => path.join(folder, name));
  for (const file of files) await writeFile(file, `The bytes of ${file}.`);
  return planOutputs(
    files.map((file) => ({ file, folder: '' })),
    ['txt'],
    undefined,
  );
}

/** Every recording sounds the same; one called `bad` is none. */
async function openAudio(file: string): Promise<MediaAudio> {
  if (path.basename(file).startsWith('bad')) throw new SurtitleError('media_unsupported', 'That is a diary.');
  return {
    format: 'wav',
    durationMs: recording.durationMs,
    readShare: 0,
    warnings: [],
    async *[Symbol.asyncIterator]() {
      for (let at = 0; at < recording.audio.length; at += 16_000)
        yield recording.audio.slice(at, at + 16_000);
    },
    close: () => Promise.resolve(),
  };
}

function transcribe(
  plans: readonly OutputPlan[],
  change: { options?: Partial<BatchOptions>; dependencies?: Partial<BatchDependencies> } = {},
): Promise<FileOutcome[]> {
  return transcribeFiles(
    plans,
    { language: 'en', translate: false, force: false, words: false, filesAtOnce: 1, ...change.options },
    {
      openLane: (name) => scheduler.backgroundLane(name),
      openAudio,
      voiceActivity: spelledVoiceActivity,
      concurrency: 1,
      now: () => new Date(0),
      ...change.dependencies,
    },
  );
}

const kinds = (outcomes: readonly FileOutcome[]) => outcomes.map(({ kind }) => kind);
const wordsIn = (content: string) => content.replaceAll('.', '').trim().split(/\s+/u);

describe('a batch of recordings', () => {
  it('leaves the transcripts, and nothing else', async () => {
    const plans = await record('a.wav', 'b.wav');
    expect(kinds(await transcribe(plans, { options: { filesAtOnce: 2 } }))).toEqual(['done', 'done']);
    expect((await readdir(folder)).sort()).toEqual(['a.txt', 'a.wav', 'b.txt', 'b.wav']);
    expect(wordsIn(await readFile(path.join(folder, 'a.txt'), 'utf8'))).toEqual(recording.words);
  });

  it('does the others where one cannot be read, of which it leaves nothing', async () => {
    const plans = await record('a.wav', 'bad.wav', 'c.wav');
    const outcomes = await transcribe(plans);
    expect(kinds(outcomes)).toEqual(['done', 'failed', 'done']);
    expect(outcomes[1]).toMatchObject({ error: { code: 'media_unsupported' } });
    expect((await readdir(folder)).filter((name) => name.startsWith('bad'))).toEqual(['bad.wav']);
  });

  it('ends with the engine: no other recording could do any better', async () => {
    const plans = await record('a.wav', 'b.wav', 'c.wav');
    engine.failNext(new EngineError('engine_unavailable', 'Scripted.'));
    const outcomes = await transcribe(plans);
    expect(kinds(outcomes)).toEqual(['failed', 'failed', 'failed']);
    expect(engine.decodes).toHaveLength(1);
  });

  it('goes on with the next where the engine refuses what is in one', async () => {
    const plans = await record('a.wav', 'b.wav');
    engine.failNext(new EngineError('request_rejected', 'Scripted.'));
    expect(kinds(await transcribe(plans))).toEqual(['failed', 'done']);
  });

  it('leaves alone what is done, unless it is to be done again', async () => {
    const plans = await record('a.wav');
    await writeFile(path.join(folder, 'a.txt'), 'Corrected by hand.');
    expect(kinds(await transcribe(plans))).toEqual(['skipped']);
    expect(await readFile(path.join(folder, 'a.txt'), 'utf8')).toBe('Corrected by hand.');
    expect(kinds(await transcribe(plans, { options: { force: true } }))).toEqual(['done']);
    expect(wordsIn(await readFile(path.join(folder, 'a.txt'), 'utf8'))).toEqual(recording.words);
  });

  it('writes the format that is missing, and not over the one that is there', async () => {
    await record('a.wav');
    const plans = planOutputs([{ file: path.join(folder, 'a.wav'), folder: '' }], ['txt', 'srt'], undefined);
    await writeFile(path.join(folder, 'a.txt'), 'Corrected by hand.');
    expect(kinds(await transcribe(plans))).toEqual(['done']);
    expect(await readFile(path.join(folder, 'a.txt'), 'utf8')).toBe('Corrected by hand.');
    expect(await readFile(path.join(folder, 'a.srt'), 'utf8')).toContain('-->');
  });

  it.each([0, 1, 3, SENTENCES])(
    'goes on where it was stopped, after chunk %i, to the same transcript',
    async (chunks) => {
      const plans = await record('a.wav', 'b.wav');
      const stop = new AbortController();
      let seen = -1;
      const outcomes = await transcribe(plans, {
        dependencies: {
          signal: stop.signal,
          listener: {
            progress: () => {
              if (++seen === chunks) stop.abort(new Error('Ctrl-C'));
            },
          },
        },
      });
      expect(kinds(outcomes)).toEqual(['stopped', 'stopped']);
      expect(existsSync(path.join(folder, 'a.txt'))).toBe(false);
      const before = engine.decodes.length;
      const again = await transcribe(plans.slice(0, 1));
      expect(again).toMatchObject([{ kind: 'done' }]);
      // What was reported is not decoded again.
      expect(engine.decodes.length - before).toBeLessThanOrEqual(SENTENCES - chunks);
      expect(wordsIn(await readFile(path.join(folder, 'a.txt'), 'utf8'))).toEqual(recording.words);
      expect((await readdir(folder)).sort()).toEqual(['a.txt', 'a.wav', 'b.wav']);
    },
  );

  it('keeps what was transcribed where the transcript cannot be written', async () => {
    const plans = await record('a.wav');
    // A folder is in the way.
    await mkdir(path.join(folder, 'a.txt', 'x'), { recursive: true });
    const failed = await transcribe(plans, { options: { force: true } });
    expect(failed).toMatchObject([{ kind: 'failed', error: { code: 'output_unwritable' } }]);
    await rm(path.join(folder, 'a.txt'), { recursive: true });
    const before = engine.decodes.length;
    expect(kinds(await transcribe(plans))).toEqual(['done']);
    expect(engine.decodes.length).toBe(before);
  });

  it('starts over where the recording has changed meanwhile', async () => {
    const plans = await record('a.wav');
    const stop = new AbortController();
    let seen = -1;
    await transcribe(plans, {
      dependencies: {
        signal: stop.signal,
        listener: { progress: () => void (++seen === 3 && stop.abort(new Error('Ctrl-C'))) },
      },
    });
    await writeFile(path.join(folder, 'a.wav'), 'Other bytes than before.');
    const before = engine.decodes.length;
    await transcribe(plans);
    expect(engine.decodes.length - before).toBe(SENTENCES);
  });

  it('does not count a folder as the transcript that is asked for', async () => {
    const plans = await record('a.wav');
    await mkdir(path.join(folder, 'a.txt'));
    const [outcome] = await transcribe(plans);
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'output_unwritable' } });
  });
});
