// One test for each defect that was found in smart-whisper 0.8.1 and the whisper.cpp inside, so that an update
// or a lost patch brings none of them back.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadWhisperAddon } from '../../../src/core/engine/addon.ts';
import type { Engine } from '../../../src/core/engine/engine.ts';
import { loadWhisperEngine } from '../../../src/core/engine/whisper-engine.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { buildModelFile, SMALL_DIMENSIONS } from '../../unit/engine/support/synthetic-model.ts';
import { engineMissing, noise, runWithAddon, STARTER_MODEL, sample, textOf } from './support/whisper.ts';

const OPTIONS = { modelPath: STARTER_MODEL, threads: 1, gpu: false, logger: silentLogger };
const SECOND_SENTENCE = /oliver is the boss of the garden/i;

function joined(...parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

describe.skipIf(engineMissing)('the addon, in a process of its own', () => {
  it('loads with all its symbols bound at once', async () => {
    const { status, stderr } = await runWithAddon('', { env: { LD_BIND_NOW: '1' } });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('writes nothing to the terminal, whatever NODE_ENV is', async () => {
    const { status, stdout, stderr } = await runWithAddon(
      `const m = await addon.WhisperModel.load(model, false);
       console.log(text(await m.transcribe(audio, parameters).result));
       await m.free();`,
      { env: { NODE_ENV: 'development' } },
    );
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: 'Thank you for your message.',
      stderr: '',
    });
  });

  it.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
    "uses the processor's vector instructions",
    async () => {
      const features = /^flags.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0] ?? '';
      const { stdout } = await runWithAddon('console.log(addon.systemInfo);');
      expect(stdout.includes('AVX2 = 1')).toBe(/\bavx2\b/.test(features));
      expect(stdout.includes('FMA = 1')).toBe(/\bfma\b/.test(features));
    },
  );

  it('loads models with known settings, not with what was on the stack', async () => {
    const { stdout } = await runWithAddon(
      `await addon.WhisperModel.load(model, false);
       console.log(addon.takeLog().map((line) => line.text).filter((text) => /flash attn|dtw/.test(text)).join());`,
    );
    expect(stdout).toMatch(/flash attn = 0.*dtw +=* 0/);
  });

  it('survives a prompt of 30,000 letters, with and without spaces', async () => {
    const { status, stdout } = await runWithAddon(
      `const m = await addon.WhisperModel.load(model, false);
       for (const initial_prompt of ['x'.repeat(30000), 'go '.repeat(10000)]) {
         await m.transcribe(audio, { ...parameters, n_max_text_ctx: 224, initial_prompt }).result;
       }
       console.log('alive');`,
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'alive' });
  });

  it('survives models that are damaged anywhere', async () => {
    const { status, signal, stdout } = await runWithAddon(
      `const { writeFileSync, mkdtempSync, rmSync } = require('node:fs');
       const folder = mkdtempSync(require('node:path').join(require('node:os').tmpdir(), 'surtitle-damaged-'));
       const good = readFileSync(model);
       const tensors = good.indexOf('encoder.positional_embedding') - 20;
       const damaged = [0, 3, 30, 60, 70000, tensors - 1, tensors, tensors + 6, tensors + 40, good.length >> 1, good.length - 1]
         .map((length) => good.subarray(0, length));
       for (const at of [0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, tensors, tensors + 4, tensors + 8, tensors + 12]) {
         for (const value of [-1, 7, 0x7fffffff]) {
           const copy = Buffer.from(good);
           copy.writeInt32LE(value, at);
           damaged.push(copy);
         }
       }
       damaged.push(Buffer.concat([good, good.subarray(tensors)]), Buffer.alloc(5000), Buffer.from('GGUF'));
       let refused = 0;
       for (const bytes of damaged) {
         writeFileSync(folder + '/model.bin', bytes);
         const loaded = await addon.WhisperModel.load(folder + '/model.bin', false).catch(() => null);
         if (loaded) await loaded.free(); else refused++;
       }
       rmSync(folder, { recursive: true });
       console.log(refused === damaged.length ? 'all refused' : refused + ' of ' + damaged.length);`,
    );
    expect({ status, signal, stdout }).toEqual({ status: 0, signal: null, stdout: 'all refused' });
  });

  it('frees a model only when the jobs on it have finished', async () => {
    const { status, stdout } = await runWithAddon(
      `const m = await addon.WhisperModel.load(model, false);
       const jobs = [1, 2, 3].map(() => m.transcribe(audio, parameters));
       const order = [];
       const freed = m.free().then(() => order.push('freed'));
       await Promise.all(jobs.map((job) => job.result.then((result) => order.push(text(result).trim()))));
       await freed;
       console.log(order.join('|'), m.freed);
       try { m.transcribe(audio, parameters); } catch (error) { console.log(error.message); }`,
    );
    expect(status).toBe(0);
    expect(stdout).toBe(
      `${Array(3).fill('Thank you for your message.').join('|')}|freed true\nthe model was freed`,
    );
  });

  it('ends in order when the process ends during a job', async () => {
    const { status, signal, stderr } = await runWithAddon(
      `const m = await addon.WhisperModel.load(model, false);
       m.transcribe(audio, parameters);
       process.exit(0);`,
    );
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  });
});

describe.skipIf(engineMissing)('the addon', () => {
  it('rejects when a decode fails inside, instead of resolving with an error', async () => {
    const model = await loadWhisperAddon().WhisperModel.load(STARTER_MODEL, false, 1);
    const job = model.transcribe(new Float32Array(32_000), { language: 'en', best_of: 99 });
    await expect(job.result).rejects.toMatchObject({ code: 'DECODE_FAILED' });
    await model.free();
  });

  it('keeps a state for the next decode', async () => {
    const addon = loadWhisperAddon();
    const model = await addon.WhisperModel.load(STARTER_MODEL, false, 1);
    addon.takeLog();
    for (let i = 0; i < 3; i++) {
      await model.transcribe(new Float32Array(32_000), { language: 'en', audio_ctx: 192 }).result;
    }
    expect(addon.takeLog().filter((line) => line.text.includes('kv self size'))).toEqual([]);
    await model.free();
  });

  it('spends no encoder pass on the silence behind the last word, and no more passes than it may', async () => {
    const model = await loadWhisperAddon().WhisperModel.load(STARTER_MODEL, false, 1);
    const windows = async (audio: Float32Array, limits: object): Promise<number> => {
      const common = {
        language: 'en',
        no_context: true,
        n_max_text_ctx: 0,
        temperature_inc: 0,
        audio_ctx: 512,
      };
      return (await model.transcribe(audio, { ...common, ...limits }).result).windows;
    };
    const speech = sample('clip01-seen.wav');
    const padded = joined(speech, new Float32Array(2 * 16_000));
    expect(await windows(padded, {})).toBe(2);
    expect(await windows(padded, { audio_ms: speech.length / 16, min_tail_ms: 600 })).toBe(1);
    expect(await windows(padded, { max_windows: 1 })).toBe(1);
    await model.free();
  });

  it('tells how sure it is of a language that it detected', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'surtitle-multilingual-'));
    const modelPath = path.join(folder, 'ggml-nonsense.bin');
    writeFileSync(modelPath, buildModelFile({ ...SMALL_DIMENSIONS, vocabularySize: 51_865 }));
    const engine = await loadWhisperEngine({ ...OPTIONS, modelPath });
    const audio = noise(0.5, 0.1);
    // With weights of zero each of the languages is as likely as the others.
    const detected = await engine.decode({ audio, language: 'auto' });
    expect(detected.languageProbability).toBeCloseTo(1 / 100, 3);
    expect(detected.language).toMatch(/^[a-z]{2,3}$/);
    const given = await engine.decode({ audio, language: 'de' });
    expect([given.language, given.languageProbability]).toEqual(['de', null]);
    await expect(engine.decode({ audio, language: 'tlh' })).rejects.toMatchObject({
      code: 'request_rejected',
    });
    await engine.close();
    rmSync(folder, { recursive: true });
  });
});

describe.skipIf(engineMissing)('the adapter', () => {
  let engine: Engine;

  beforeAll(async () => {
    engine = await loadWhisperEngine({ ...OPTIONS, maxConcurrent: 2 });
  });
  afterAll(() => engine.close());

  it('does not lose a second sentence', async () => {
    const text = textOf(await engine.decode({ audio: sample('clip12-seen.wav'), language: 'en' }));
    expect(text).toMatch(SECOND_SENTENCE);
  });

  it('does not lose a second sentence behind a long pause', async () => {
    const [first, second] = [sample('clip01-seen.wav'), sample('clip12-seen.wav')];
    const audio = joined(first, new Float32Array(5 * 16_000), second);
    const text = textOf(await engine.decode({ audio, language: 'en' }));
    expect(text).toMatch(/thank you for your message/i);
    expect(text).toMatch(SECOND_SENTENCE);
  });

  it('does not lose words in the last second', async () => {
    const audio = sample('clip12-seen.wav');
    // The sentence ends at 5.1 s; nothing is left behind it.
    const text = textOf(await engine.decode({ audio: audio.subarray(0, 5.1 * 16_000), language: 'en' }));
    expect(text).toMatch(SECOND_SENTENCE);
  });

  it('hears what is shorter than a second', async () => {
    const audio = sample('clip01-seen.wav').subarray(0.3 * 16_000, 0.8 * 16_000);
    expect(textOf(await engine.decode({ audio, language: 'en' }))).toMatch(/thank/i);
  });

  it('decodes 30 s without asking for more context than the model has', async () => {
    const audio = sample('talk.wav').subarray(0, 30 * 16_000);
    const result = await engine.decode({ audio, language: 'en' });
    expect(result.segments.length).toBeGreaterThan(5);
    expect(textOf(result)).toMatch(/eleven cars on the table/i);
  });

  it('hears no full stop in noise', async () => {
    expect((await engine.decode({ audio: noise(3, 0.02), language: 'en' })).segments).toEqual([]);
  });

  it('gives the same result for the same audio, alone and beside others', async () => {
    const audio = sample('clip03-seen.wav');
    const alone = await engine.decode({ audio, language: 'en' });
    await engine.decode({
      audio: sample('talk.wav').subarray(0, 160_000),
      language: 'en',
      prompt: 'Other text.',
    });
    const results = await Promise.all([1, 2, 3, 4].map(() => engine.decode({ audio, language: 'en' })));
    for (const result of results) expect(result.segments).toEqual(alone.segments);
  });

  it('stops a running decode, and the next one is right', async () => {
    const audio = sample('talk.wav').subarray(0, 30 * 16_000);
    const controller = new AbortController();
    const order: string[] = [];
    // Both take equally long, so the one that is stopped can only be first by being stopped.
    const whole = engine.decode({ audio, language: 'en', fullContext: true }).then(() => order.push('whole'));
    const stopped = engine.decode(
      { audio, language: 'en', fullContext: true },
      { signal: controller.signal },
    );
    setImmediate(() => controller.abort());
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    order.push('stopped');
    await whole;
    expect(order).toEqual(['stopped', 'whole']);
    const next = await engine.decode({ audio: sample('clip12-seen.wav'), language: 'en' });
    expect(textOf(next)).toMatch(SECOND_SENTENCE);
  });

  it('does not grow with the number of decodes', async () => {
    const audio = sample('clip01-seen.wav').subarray(0, 16_000);
    const decodes = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await engine.decode({ audio, language: 'en', maxTokens: 8 });
    };
    await decodes(40);
    const before = process.memoryUsage().rss;
    await decodes(200);
    // A state per call that is not given back would be 200 times 30 MB.
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(100);
  });

  it('waits for a running decode before it closes', async () => {
    const closing = await loadWhisperEngine(OPTIONS);
    const order: string[] = [];
    const decode = closing.decode({ audio: sample('clip12-seen.wav'), language: 'en' }).then((result) => {
      order.push('decoded');
      return result;
    });
    await closing.close().then(() => order.push('closed'));
    expect(textOf(await decode)).toMatch(SECOND_SENTENCE);
    expect(order).toEqual(['decoded', 'closed']);
  });
});
