import os from 'node:os';
import { ENGINE_SAMPLE_RATE, type Engine } from '../../core/engine/engine.ts';
import { CATALOGUE, findModel } from '../../core/models/catalogue.ts';
import {
  COMFORTABLE_SPEED,
  estimateSpeed,
  type Machine,
  recommendModels,
} from '../../core/models/recommendation.ts';
import type { ResolvedModel } from '../model-resolution.ts';
import { STARTER_NOTICE } from '../model-resolution.ts';
import type { Finding } from './finding.ts';

/** Decodes timed per setting; the best counts, because other programs only ever make it slower. */
const RUNS = 3;

/** One setting's speed. */
export interface DecodeSpeed {
  /** Of one decode; `null`: as the engine is set up. */
  readonly threads: number | null;
  /** Seconds of audio decoded a second. */
  readonly timesRealTime: number;
}

/** Times decodes of `audio` (mono, 16 kHz, at most 30 s). */
export async function measureDecodeSpeed(
  engine: Pick<Engine, 'decode'>,
  audio: Float32Array,
): Promise<{ timesRealTime: number; words: number }> {
  let bestMs = Number.POSITIVE_INFINITY;
  let words = 0;
  for (let run = 0; run < RUNS; run++) {
    const result = await engine.decode({ audio, language: 'en' });
    bestMs = Math.min(bestMs, result.decodeMs);
    words = result.segments.reduce((sum, segment) => sum + segment.words.length, 0);
  }
  const audioMs = (audio.length / ENGINE_SAMPLE_RATE) * 1000;
  return { timesRealTime: audioMs / Math.max(bestMs, 0.001), words };
}

/** Threads worth timing: one, and as many as there are cores. */
export function threadCounts(cores: number = os.availableParallelism()): number[] {
  return cores > 1 ? [1, cores] : [1];
}

/** Puts the measured speeds into a finding with a recommendation. */
export function judgeSpeed(model: ResolvedModel, speeds: readonly DecodeSpeed[]): Finding {
  const best = speeds.reduce((a, b) => (b.timesRealTime > a.timesRealTime ? b : a));
  const summary = speeds
    .map(
      ({ threads, timesRealTime }) =>
        `${timesRealTime.toFixed(timesRealTime < 10 ? 1 : 0)} × real time${describeThreads(threads)}`,
    )
    .join(', ');
  const fast = best.timesRealTime >= COMFORTABLE_SPEED;
  return {
    check: 'speed',
    status: fast ? 'ok' : 'warn',
    summary: `${model.name} decodes at ${summary}`,
    ...(fast ? {} : { advice: 'Captions will lag behind fast speech: choose a smaller model.' }),
    facts: { model: model.name, speeds },
  };
}

/** Plain sentences on which model to use here, and how to get it. */
export function recommendModel(
  model: ResolvedModel,
  speeds: readonly DecodeSpeed[],
  memoryBytes: number = os.totalmem(),
): string {
  const best = Math.max(...speeds.map((speed) => speed.timesRealTime));
  if (model.starter) return `${STARTER_NOTICE} ${recommendFrom({ starterTimesRealTime: best, memoryBytes })}`;
  return best >= COMFORTABLE_SPEED
    ? `${model.name} is fast enough for live captions here.`
    : `${model.name} is too slow for live captions here (${best.toFixed(1)} × real time, ${COMFORTABLE_SPEED} are needed): use a smaller one.`;
}

function recommendFrom(machine: Machine & { readonly starterTimesRealTime: number }): string {
  const recommended = recommendModels(CATALOGUE, machine);
  const english = recommended && findModel(recommended.english);
  if (!english) {
    return 'This machine is slow for live captions: try the tiny model (surtitle models pull tiny.en).';
  }
  const speed = estimateSpeed(english, machine.starterTimesRealTime).toFixed(0);
  return `${english.family} models should keep up here (about ${speed} × real time, estimated from the demo's speed): surtitle models pull ${english.name}`;
}

function describeThreads(threads: number | null): string {
  if (threads === null) return '';
  return ` with ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}
