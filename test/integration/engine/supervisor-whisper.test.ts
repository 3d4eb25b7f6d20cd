import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePcm } from '../../../src/core/audio/pcm.ts';
import { readWav } from '../../../src/core/audio/wav.ts';
import { locateEngineBuild } from '../../../src/core/engine/build-manifest.ts';
import type { DecodeResult } from '../../../src/core/engine/engine.ts';
import { type EngineChildProcess, forkEngineProcess } from '../../../src/core/engine/host/child-process.ts';
import { startEngine } from '../../../src/core/engine/start-engine.ts';
import { SupervisedEngine } from '../../../src/core/engine/supervisor.ts';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';

const resource = (name: string) => fileURLToPath(new URL(`../../../resources/${name}`, import.meta.url));
const modelPath = resource('models/ggml-starter.en.bin');

function isBuilt(): boolean {
  try {
    locateEngineBuild();
    return true;
  } catch (error) {
    console.warn(`Skipping the real engine under supervision: ${String(error)}`);
    return false;
  }
}

/** Letters only: punctuation and case are not what these tests are about. */
function wordsOf(result: DecodeResult): string {
  const text = result.segments.map((segment) => segment.text).join('');
  return text
    .toLowerCase()
    .replace(/[^a-z ]/gu, '')
    .trim();
}

describe.skipIf(!isBuilt())('the real engine under supervision (needs `npm run build:engine`)', () => {
  const processes: EngineChildProcess[] = [];
  const { data, encoding } = readWav(readFileSync(resource('samples/clip09-seen.wav')));
  const audio = decodePcm(data, encoding, 1);
  const request = { audio, language: 'en' };
  const expected =
    'my writer went back to the village yesterday sarah is the manager of the station ' +
    'let us continue in the building in the evening';
  let engine: SupervisedEngine;

  beforeAll(async () => {
    engine = new SupervisedEngine({
      startProcess: () => {
        const process = forkEngineProcess({ logger: silentLogger, maxConcurrent: 1 });
        processes.push(process);
        return process;
      },
      spec: { kind: 'whisper', modelPath, modelName: 'starter.en', threads: 1, gpu: false },
      clock: systemClock,
    });
    await engine.ready();
  });
  afterAll(() => engine.close());

  it('decodes speech', async () => {
    expect(engine.model.name).toBe('starter.en');
    expect(wordsOf(await engine.decode(request))).toBe(expected);
  });

  it('gives the same text after it was killed at ten points of a decode', async () => {
    const { decodeMs } = await engine.decode(request);
    for (let point = 0; point < 10; point++) {
      const decode = engine.decode(request);
      await new Promise<void>((resolve) => systemClock.setTimer((decodeMs / 10) * point, resolve));
      process.kill(processes.at(-1)?.pid as number, 'SIGKILL');
      expect(wordsOf(await decode)).toBe(expected);
    }
    // On a slow machine a decode may have ended just before its kill, whose notice is then still on its way.
    expect(wordsOf(await engine.decode(request))).toBe(expected);
    expect(engine.restarts).toBe(10);
  });

  it('stops a decode that is aborted, and decodes the next', async () => {
    const abort = new AbortController();
    const stopped = engine.decode(request, { signal: abort.signal });
    const next = engine.decode(request);
    abort.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    expect(wordsOf(await next)).toBe(expected);
  });

  it('decodes several at the same time', async () => {
    const wide = await startEngine({ modelPath, maxConcurrent: 3, clock: systemClock, logger: silentLogger });
    try {
      expect(wide.maxConcurrent).toBe(3);
      const results = await Promise.all([1, 2, 3, 4, 5].map(() => wide.decode(request)));
      expect(results.map(wordsOf)).toEqual(Array(5).fill(expected));
    } finally {
      await wide.close();
    }
  });

  it('starts ready to decode, with no more to set than the model', async () => {
    const started = await startEngine({ modelPath, clock: systemClock, logger: silentLogger });
    try {
      expect(wordsOf(await started.decode(request))).toBe(expected);
    } finally {
      await started.close();
    }
    expect(started.state).toBe('closed');
  });

  it('says that a model file is not one', async () => {
    const notAModel = startEngine({
      modelPath: resource('samples/clip09-seen.wav'),
      clock: systemClock,
      logger: silentLogger,
    });
    await expect(notAModel).rejects.toMatchObject({ code: 'model_invalid' });
  });

  it('says that a model file is missing', async () => {
    const missing = startEngine({ modelPath: 'nowhere.bin', clock: systemClock, logger: silentLogger });
    await expect(missing).rejects.toMatchObject({ code: 'model_invalid' });
  });
});
