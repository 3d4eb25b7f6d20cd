import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FileSpeech } from '../../../src/app/app-server.ts';
import { createFileHandlers, type FileHandlers } from '../../../src/app/files/file-handlers.ts';
import { bundledModel } from '../../../src/app/model-places.ts';
import { DecodeScheduler } from '../../../src/core/engine/scheduler.ts';
import { startEngine } from '../../../src/core/engine/start-engine.ts';
import type { SupervisedEngine } from '../../../src/core/engine/supervisor.ts';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { SurtitleError } from '../../../src/core/foundation/errors.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { loadSileroVoiceActivity } from '../../../src/core/recognition/silero-voice-activity.ts';
import { valuesOf } from '../../../src/core/settings/settings-document.ts';
import type { SettingValues } from '../../../src/core/settings/settings-schema.ts';
import { openHistory } from '../../../src/core/transcript/history.ts';
import type { CallContext } from '../../../src/ipc/call.ts';
import type { FileJob } from '../../../src/ipc/views.ts';
import { BUNDLED_SAMPLES_FOLDER } from '../../fixtures/recordings.ts';

const CLIP = path.join(BUNDLED_SAMPLES_FOLDER, 'clip01-seen.wav');
const SILENT_VIDEO = fileURLToPath(new URL('../../fixtures/media/video-without-sound.mp4', import.meta.url));
const TALK = path.join(BUNDLED_SAMPLES_FOLDER, 'talk.wav');

let engine: SupervisedEngine;
let voiceActivity: Awaited<ReturnType<typeof loadSileroVoiceActivity>>;
let scheduler: DecodeScheduler;

beforeAll(async () => {
  voiceActivity = await loadSileroVoiceActivity();
  engine = await startEngine({
    modelPath: bundledModel,
    modelName: 'starter.en',
    threads: 1,
    maxConcurrent: 1,
    clock: systemClock,
    logger: silentLogger,
  });
  scheduler = new DecodeScheduler(engine, { clock: systemClock });
});

afterAll(async () => {
  await engine.close();
  await voiceActivity.close();
});

let home: string;
let settings: { values: SettingValues; trusted: boolean };
let speech: (stop: AbortSignal) => Promise<FileSpeech>;
let files: FileHandlers;
let jobs: readonly FileJob[];
let waiting: { readonly fits: (jobs: readonly FileJob[]) => boolean; readonly resolve: () => void }[];

const context: CallContext = {
  signal: new AbortController().signal,
  resolveFile: (reference) => reference.replace(/^upload:/u, ''),
};

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'surtitle-app-files-'));
  settings = { values: valuesOf({}), trusted: true };
  speech = async () => starter();
  open();
});

afterEach(async () => {
  await files.close();
  rmSync(home, { recursive: true, force: true });
});

function starter(gone: AbortSignal = new AbortController().signal): FileSpeech {
  return {
    model: engine.model,
    gpu: false,
    identity: 'test',
    concurrency: 2,
    voiceActivity,
    gone,
    openLane: (id) => scheduler.backgroundLane(id),
  };
}

/** As a program's start does. */
function open(): void {
  jobs = [];
  waiting = [];
  files = createFileHandlers({
    folder: path.join(home, 'files'),
    historyFolder: path.join(home, 'history'),
    settings,
    speech: (stop) => speech(stop),
    onChange(latest) {
      jobs = latest;
      for (const { fits, resolve } of waiting) if (fits(latest)) resolve();
    },
    onHistoryChange: () => undefined,
    clock: systemClock,
    now: () => new Date(),
    logger: silentLogger,
  });
}

function told(fits: (jobs: readonly FileJob[]) => boolean): Promise<void> {
  if (fits(jobs)) return Promise.resolve();
  return new Promise((resolve) => waiting.push({ fits, resolve }));
}

function are(...states: FileJob['state'][]): (jobs: readonly FileJob[]) => boolean {
  return (latest) => latest.map(({ state }) => state).join() === states.join();
}

async function add(...recordings: string[]): Promise<readonly FileJob[]> {
  return files.handlers['files.add']({ files: recordings }, context);
}

function first(): FileJob {
  const [job] = jobs;
  if (!job) throw new Error('There is no job.');
  return job;
}

describe('a recording', () => {
  it('is transcribed, kept in the history and exported from there', async () => {
    await add(CLIP);
    await told(are('done'));
    const { historyId, excerpt, share, durationMs, fileName } = first();
    expect({ share, fileName }).toEqual({ share: 1, fileName: 'clip01-seen.wav' });
    expect(durationMs).toBeGreaterThan(1_000);
    const history = openHistory({
      folder: path.join(home, 'history'),
      now: () => new Date(),
      logger: silentLogger,
    });
    const { entry, transcript } = await history.read(historyId ?? '');
    expect(entry).toMatchObject({
      title: 'clip01-seen',
      source: 'clip01-seen.wav',
      model: 'starter.en',
      state: 'ended',
    });
    expect(transcript.segments.map(({ text }) => text).join(' ')).toContain(excerpt);
    expect(excerpt.split(' ').length).toBeGreaterThan(2);
    const exported = await files.handlers['files.export']({ id: first().id, format: 'srt' }, context);
    expect(exported.fileName).toBe('clip01-seen.srt');
    expect(exported.text).toMatch(/^1\n00:00:/u);
  });

  it('leaves no progress behind', async () => {
    await add(CLIP);
    await told(are('done'));
    await files.close();
    expect(readdirSync(path.join(home, 'files'))).toEqual(['pending.json']);
  });

  it('can be exported for as long as the program runs where no history is kept', async () => {
    settings.values = valuesOf({ 'history.enabled': false });
    await add(CLIP);
    await told(are('done'));
    expect(first().historyId).toBeNull();
    expect(existsSync(path.join(home, 'history'))).toBe(false);
    const { text } = await files.handlers['files.export']({ id: first().id, format: 'txt' }, context);
    expect(text).toContain(first().excerpt.slice(0, 20));
  });

  it('that waits already is not added again', async () => {
    speech = (stop) =>
      new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason)));
    await add(CLIP, CLIP);
    expect(await add(CLIP)).toHaveLength(1);
  });

  it('that cannot be read says why, and others go on', async () => {
    await add(SILENT_VIDEO, path.join(home, 'missing.wav'), CLIP);
    await told(are('failed', 'failed', 'done'));
    expect(jobs.map(({ error }) => error?.code)).toEqual([
      'audio_file_without_audio',
      'input_not_found',
      undefined,
    ]);
  });

  it('is transcribed again after its cause of failure is gone', async () => {
    speech = () => Promise.reject(new SurtitleError('engine_unavailable', 'Start the server again.'));
    await add(CLIP);
    await told(are('failed'));
    expect(first().error).toEqual({ code: 'engine_unavailable', message: 'Start the server again.' });
    speech = async () => starter();
    await files.handlers['files.retry']({ id: first().id }, context);
    await told(are('done'));
  });

  it('in a language that the model does not know says so', async () => {
    settings.values = valuesOf({ 'captions.language': 'de' });
    await add(CLIP);
    await told(are('failed'));
    expect(first().error).toMatchObject({ code: 'unsupported_language' });
  });
});

describe('the list of recordings', () => {
  it('goes on by itself where the next start finds it, with what was done already', async () => {
    await add(TALK, CLIP);
    await told(([job]) => job !== undefined && job.doneMs > 0);
    await files.close();
    const { doneMs } = first();
    open();
    expect((await files.handlers['files.list'](undefined, context)).map(({ fileName }) => fileName)).toEqual([
      'talk.wav',
      'clip01-seen.wav',
    ]);
    await told(([job]) => job?.state === 'running' && job.doneMs > 0);
    expect(first().doneMs).toBeGreaterThanOrEqual(doneMs);
    await told(are('done', 'done'));
  });

  it('begins again by itself with another model', async () => {
    const gone = new AbortController();
    speech = async () => starter(gone.signal);
    await add(TALK);
    await told(([job]) => job !== undefined && job.doneMs > 0);
    speech = async () => starter();
    gone.abort();
    await told(are('done'));
  });

  it('stops the one that is cancelled, and takes the next', async () => {
    await add(TALK, CLIP);
    await told(([job]) => job?.state === 'running');
    await files.handlers['files.cancel']({ id: first().id }, context);
    await told(are('cancelled', 'done'));
  });

  it('forgets what is removed, with all that was kept for it', async () => {
    await add(TALK);
    await told(([job]) => job !== undefined && job.doneMs > 0);
    await files.handlers['files.remove']({ id: first().id }, context);
    await files.close();
    expect(readdirSync(path.join(home, 'files'))).toEqual(['pending.json']);
    open();
    expect(await files.handlers['files.list'](undefined, context)).toEqual([]);
  });

  it('is empty where what was remembered of it is damaged', async () => {
    await files.close();
    await add(CLIP).catch(() => undefined);
    writeFileSync(path.join(home, 'files', 'pending.json'), '{"version": 1, "files": [');
    open();
    expect(await files.handlers['files.list'](undefined, context)).toEqual([]);
  });
});

describe('an upload', () => {
  it('is removed when its transcript is done, and a file of the user’s is not', async () => {
    const upload = path.join(home, 'interview.wav');
    const own = path.join(home, 'own.wav');
    copyFileSync(CLIP, upload);
    copyFileSync(CLIP, own);
    await add(`upload:${upload}`, own);
    await told(are('done', 'done'));
    await files.close();
    expect([existsSync(upload), existsSync(own)]).toEqual([false, true]);
  });

  it('stays while it can be tried again, and goes when it is taken off the list', async () => {
    const upload = path.join(home, 'broken.wav');
    writeFileSync(upload, 'RIFFnothing at all');
    await add(`upload:${upload}`);
    await told(are('failed'));
    expect(existsSync(upload)).toBe(true);
    await files.handlers['files.remove']({ id: first().id }, context);
    expect(existsSync(upload)).toBe(false);
  });
});
