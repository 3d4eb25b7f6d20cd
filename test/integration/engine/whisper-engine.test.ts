import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/core/engine/engine.ts';
import { loadWhisperEngine } from '../../../src/core/engine/whisper-engine.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import {
  engineMissing,
  noise,
  normalized,
  rowsOf,
  STARTER_MODEL,
  sample,
  textOf,
  wordErrors,
} from './support/whisper.ts';

const OPTIONS = { modelPath: STARTER_MODEL, threads: 1, gpu: false, logger: silentLogger };
const SHORT_CLIPS = rowsOf('manifest.tsv').filter(([file]) => file?.startsWith('clip'));

describe.skipIf(engineMissing)('the real engine', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await loadWhisperEngine(OPTIONS);
  });
  afterAll(() => engine.close());

  it('says what it can do', () => {
    expect(engine.model).toEqual({ name: 'starter.en', multilingual: false });
    expect(engine.maxConcurrent).toBe(1);
    expect(engine.capabilities).toEqual({
      gpu: false,
      wordTimestamps: true,
      noSpeechProbability: true,
      multilingual: false,
      translate: false,
      abort: true,
      maxAudioContext: 1500,
    });
  });

  it.each(SHORT_CLIPS.map(([file = '', transcript = '']) => ({ file, transcript })))(
    'hears $file',
    async ({ file, transcript }) => {
      const result = await engine.decode({ audio: sample(file), language: 'en' });
      expect(normalized(textOf(result)).join(' ')).toBe(normalized(transcript).join(' '));
      expect(result.language).toBe('en');
      expect(result.languageProbability).toBeNull();
    },
  );

  it('errs on at most two words in a hundred of a talk cut into its sentences', async () => {
    const audio = sample('talk.wav');
    const sentences = rowsOf('sentences.tsv').filter(([file]) => file === 'talk.wav');
    let errors = 0;
    let words = 0;
    for (const [, start = '', end = '', sentence = ''] of sentences) {
      const piece = audio.subarray(Math.floor(Number(start) * 16_000), Math.ceil(Number(end) * 16_000));
      const result = await engine.decode({ audio: piece, language: 'en' });
      words += normalized(sentence).length;
      errors += wordErrors(normalized(sentence), normalized(textOf(result)));
    }
    expect(words).toBeGreaterThan(50);
    expect(errors / words).toBeLessThanOrEqual(0.02);
  });

  it('gives words that make up the text, in order, within the audio', async () => {
    const audio = sample('clip09-seen.wav');
    const { segments } = await engine.decode({ audio, language: 'en' });
    expect(segments.length).toBeGreaterThan(1);
    let latestMs = 0;
    for (const segment of segments) {
      expect(segment.words.map((word) => word.text).join('')).toBe(segment.text);
      expect(segment.startMs).toBe(segment.words[0]?.startMs);
      for (const word of segment.words) {
        expect(word.startMs).toBeGreaterThanOrEqual(latestMs);
        expect(word.endMs).toBeGreaterThanOrEqual(word.startMs);
        expect(word.probability).toBeGreaterThan(0);
        expect(word.probability).toBeLessThanOrEqual(1);
        latestMs = word.startMs;
      }
      expect(segment.endMs).toBeLessThanOrEqual(audio.length / 16 + 200);
      expect(segment.averageLogProbability).toBeGreaterThan(-1);
      expect(segment.noSpeechProbability).toBeLessThan(0.1);
    }
  });

  it('times most words to within a tenth of a second', async () => {
    const rows = rowsOf('words.tsv');
    const files = new Set(rows.map(([file = '']) => file).filter((file) => file.startsWith('clip')));
    const errorsMs: number[] = [];
    for (const file of files) {
      const reference = rows.filter((row) => row[0] === file);
      const { segments } = await engine.decode({ audio: sample(file), language: 'en' });
      const words = segments.flatMap((segment) => segment.words);
      if (words.length !== reference.length) continue;
      for (const [i, [, start]] of reference.entries()) {
        errorsMs.push(Math.abs((words[i]?.startMs ?? 0) - Number(start) * 1000));
      }
    }
    errorsMs.sort((a, b) => a - b);
    expect(errorsMs.length).toBeGreaterThan(30);
    // whisper.cpp's own token times are off by 250 ms in the median.
    expect(errorsMs[Math.floor(errorsMs.length / 2)]).toBeLessThan(120);
  });

  it.each([
    ['silence', new Float32Array(5 * 16_000)],
    ['faint noise', noise(5, 0.001)],
    ['noise', noise(5, 0.05)],
  ])('hears nothing in %s', async (_what, audio) => {
    expect((await engine.decode({ audio, language: 'en' })).segments).toEqual([]);
  });

  it('hears the same with a prompt and with the whole context', async () => {
    const audio = sample('clip12-seen.wav');
    const plain = textOf(await engine.decode({ audio, language: 'en' }));
    expect(textOf(await engine.decode({ audio, language: 'en', fullContext: true }))).toBe(plain);
    const prompted = textOf(
      await engine.decode({ audio, language: 'en', prompt: 'Oliver, garden, caption.' }),
    );
    expect(wordErrors(normalized(plain), normalized(prompted))).toBeLessThanOrEqual(1);
  });

  it('stops at the number of tokens it is given', async () => {
    const audio = sample('clip09-seen.wav');
    const short = await engine.decode({ audio, language: 'en', maxTokens: 4 });
    const words = normalized(textOf(short)).length;
    expect(words).toBeLessThan(normalized(textOf(await engine.decode({ audio, language: 'en' }))).length);
  });

  it('leaves the audio as it was', async () => {
    const audio = sample('clip01-seen.wav');
    const before = audio.slice();
    await engine.decode({ audio, language: 'en' });
    expect(audio).toEqual(before);
  });

  it('refuses a request that no decode can make sense of', async () => {
    const rejected = expect.objectContaining({ code: 'request_rejected' });
    await expect(engine.decode({ audio: new Float32Array(0), language: 'en' })).rejects.toEqual(rejected);
    await expect(engine.decode({ audio: new Float32Array(480_001), language: 'en' })).rejects.toEqual(
      rejected,
    );
    await expect(
      engine.decode({ audio: new Float32Array(16).fill(Number.NaN), language: 'en' }),
    ).rejects.toEqual(rejected);
    await expect(engine.decode({ audio: new Float32Array(16_000), language: 'de' })).rejects.toEqual(
      rejected,
    );
  });

  it('does not start what was aborted before', async () => {
    await expect(
      engine.decode({ audio: new Float32Array(16_000), language: 'en' }, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe.skipIf(engineMissing)('loading the engine', () => {
  it('refuses a file that is not a model', async () => {
    await expect(
      loadWhisperEngine({ ...OPTIONS, modelPath: path.resolve('resources/samples/clip01-seen.wav') }),
    ).rejects.toMatchObject({ code: 'model_invalid', message: expect.stringContaining('audio file') });
  });

  it('refuses decodes after it was closed, and may be closed twice', async () => {
    const engine = await loadWhisperEngine({ ...OPTIONS, modelName: 'another-name' });
    expect(engine.model.name).toBe('another-name');
    await engine.close();
    await engine.close();
    await expect(engine.decode({ audio: new Float32Array(16_000), language: 'en' })).rejects.toMatchObject({
      code: 'engine_unavailable',
    });
  });
});

describe('loading an engine that is not built', () => {
  it('says which command builds it', async () => {
    const empty = mkdtempSync(path.join(os.tmpdir(), 'surtitle-empty-'));
    const before = process.env.SURTITLE_ENGINE_DIR;
    process.env.SURTITLE_ENGINE_DIR = empty;
    try {
      await expect(loadWhisperEngine(OPTIONS)).rejects.toMatchObject({
        code: 'engine_not_built',
        message: expect.stringContaining('npm run build:engine'),
      });
    } finally {
      if (before === undefined) delete process.env.SURTITLE_ENGINE_DIR;
      else process.env.SURTITLE_ENGINE_DIR = before;
      rmSync(empty, { recursive: true });
    }
  });
});
