import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodePcm } from '../../core/audio/pcm.ts';
import { readWav } from '../../core/audio/wav.ts';
import { ENGINE_SAMPLE_RATE } from '../../core/engine/engine.ts';
import { describeError } from '../../core/foundation/errors.ts';
import { silentLogger } from '../../core/foundation/logger.ts';
import { samplesFolder } from '../installation.ts';
import { type ModelPlaces, type ResolvedModel, resolveModel } from '../model-resolution.ts';
import { rememberStarterSpeed } from '../models/speed-record.ts';
import { openModelEngine } from '../open-engine.ts';
import {
  type DecodeSpeed,
  judgeSpeed,
  measureDecodeSpeed,
  recommendModel,
  threadCounts,
} from './decode-benchmark.ts';
import type { Finding } from './finding.ts';

/** Speech decoded by the benchmark. */
const BENCHMARK_SECONDS = 10;

export interface EngineChecks {
  readonly findings: readonly Finding[];
  /** Which model to use; `null` where nothing could be measured. */
  readonly recommendation: string | null;
}

/** Loads the model and times it. */
export async function checkModelAndSpeed(requested: string, places: ModelPlaces): Promise<EngineChecks> {
  let model: ResolvedModel;
  try {
    model = resolveModel(requested, places);
  } catch (error) {
    const finding: Finding = { check: 'model', status: 'fail', summary: describeError(error) };
    return { findings: [finding], recommendation: null };
  }
  try {
    return await timeModel(model, places);
  } catch (error) {
    const finding: Finding = {
      check: 'model',
      status: 'fail',
      summary: `The model ${model.name} cannot be used: ${describeError(error)}`,
      advice: model.starter
        ? 'Run `npm run build:engine` and `surtitle doctor` again.'
        : 'Get the model again, or use another one with --model.',
      facts: { path: model.path },
    };
    return { findings: [finding], recommendation: null };
  }
}

async function timeModel(model: ResolvedModel, places: ModelPlaces): Promise<EngineChecks> {
  const audio = await benchmarkAudio();
  const speeds: DecodeSpeed[] = [];
  let gpu = false;
  let words = 0;
  for (const threads of threadCounts()) {
    const engine = openModelEngine({ model, threads, gpu: true, logger: silentLogger });
    try {
      await engine.ready();
      gpu = engine.capabilities.gpu;
      const measured = await measureDecodeSpeed(engine, audio);
      words = measured.words;
      speeds.push({ threads, timesRealTime: measured.timesRealTime });
    } finally {
      await engine.close();
    }
  }
  if (model.starter && words > 0) await rememberStarterSpeed(places.dataFolder, speeds);
  return {
    findings: [judgeHearing(model, words), describeGraphics(gpu), judgeSpeed(model, speeds)],
    recommendation: recommendModel(model, speeds),
  };
}

/** @param words heard in the bundled speech. */
export function judgeHearing(model: ResolvedModel, words: number): Finding {
  const facts = { path: model.path, words };
  if (words > 0) {
    return { check: 'model', status: 'ok', summary: `The model ${model.name} loads and hears words`, facts };
  }
  return {
    check: 'model',
    status: 'fail',
    summary: `The model ${model.name} loads, but hears no words in the bundled speech.`,
    advice: 'Get the model again, or use another one.',
    facts,
  };
}

export function describeGraphics(gpu: boolean): Finding {
  return {
    check: 'gpu',
    status: 'ok',
    summary: gpu
      ? 'Decoding uses the GPU'
      : 'Decoding uses the processor; the engine is built without GPU support',
    facts: { gpu },
  };
}

/** The beginning of the bundled talk. */
export async function benchmarkAudio(): Promise<Float32Array> {
  const { data, encoding, channels } = readWav(await readFile(path.join(samplesFolder, 'talk.wav')));
  const audio = decodePcm(data, encoding, channels);
  return audio.slice(0, BENCHMARK_SECONDS * ENGINE_SAMPLE_RATE);
}
