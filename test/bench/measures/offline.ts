import { openWavFile } from '../../../src/cli/audio/audio-input.ts';
import type { Sample } from '../../../src/cli/measures/samples.ts';
import { decodePcm } from '../../../src/core/audio/pcm.ts';
import { ENGINE_SAMPLE_RATE, type Engine } from '../../../src/core/engine/engine.ts';
import {
  addWordErrors,
  countWordErrors,
  NO_WORD_ERRORS,
  type WordErrors,
} from '../../../src/core/transcript/word-error-rate.ts';
import type { Measured } from '../results.ts';
import { errorRow } from './captions.ts';

/** A decode takes at most 30 s; the engine appends over a second of silence of its own. */
const LONGEST_CHUNK_SECONDS = 28;
const SHORTEST_CHUNK_SECONDS = 5;
const QUIET_WINDOW_SECONDS = 0.2;

export interface OfflineRun {
  readonly errors: WordErrors;
  readonly rows: readonly Measured[];
}

/** Decodes whole recordings, one after another, cut only where they are long. */
export async function measureOffline(
  engine: Engine,
  samples: readonly Sample[],
  name: string,
): Promise<OfflineRun> {
  let errors = NO_WORD_ERRORS;
  let audioMs = 0;
  let decodeMs = 0;
  for (const sample of samples) {
    const texts: string[] = [];
    for (const audio of cutAtQuietPlaces(await readSamplesOf(sample.file))) {
      const result = await engine.decode({ audio, language: 'en' });
      texts.push(...result.segments.map(({ text }) => text));
      audioMs += (audio.length / ENGINE_SAMPLE_RATE) * 1000;
      decodeMs += result.decodeMs;
    }
    errors = addWordErrors(errors, countWordErrors(sample.transcript, texts.join(' ')));
  }
  const speed: Measured = {
    measure: 'Decode speed',
    value: audioMs / Math.max(1, decodeMs),
    unit: '× real time',
    goal: '',
    met: null,
    sample: name,
    note: 'one thread, decodes only',
  };
  return { errors, rows: [errorRow('WER, offline', errors, name), speed] };
}

/** Cuts audio into chunks of at most 28 s, each at the quietest 0.2 s in reach. */
export function cutAtQuietPlaces(audio: Float32Array): Float32Array[] {
  const chunks: Float32Array[] = [];
  let from = 0;
  while (audio.length - from > LONGEST_CHUNK_SECONDS * ENGINE_SAMPLE_RATE) {
    const to = quietestPlace(
      audio,
      from + SHORTEST_CHUNK_SECONDS * ENGINE_SAMPLE_RATE,
      from + LONGEST_CHUNK_SECONDS * ENGINE_SAMPLE_RATE,
    );
    chunks.push(audio.slice(from, to));
    from = to;
  }
  chunks.push(audio.slice(from));
  return chunks;
}

function quietestPlace(audio: Float32Array, from: number, to: number): number {
  const window = QUIET_WINDOW_SECONDS * ENGINE_SAMPLE_RATE;
  let best = to;
  let least = Number.POSITIVE_INFINITY;
  for (let start = from; start + window <= to; start += window / 4) {
    let energy = 0;
    for (let index = start; index < start + window; index++) energy += (audio[index] as number) ** 2;
    if (energy <= least) {
      least = energy;
      best = start + window / 2;
    }
  }
  return best;
}

async function readSamplesOf(file: string): Promise<Float32Array> {
  const { format, chunks } = await openWavFile(file);
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return decodePcm(Buffer.concat(parts), format.encoding, format.channels);
}
