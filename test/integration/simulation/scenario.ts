import { encodePcm } from '../../../src/core/audio/pcm.ts';
import type { StreamConfig } from '../../../src/core/client/client-options.ts';
import { vocabularyWord } from '../../../src/core/engine/scripted-vocabulary.ts';
import { type SpelledEntry, spellAudio } from '../../../src/core/engine/spelled-audio.ts';
import { Random } from './random.ts';

const SAMPLE_RATE = 16_000;

/** A recording in which no word comes twice, and how it is streamed. */
export interface Scenario {
  readonly name: string;
  readonly config: StreamConfig;
  /** In the config's encoding. */
  readonly audio: Uint8Array;
  readonly bytesPerMs: number;
  readonly durationMs: number;
  readonly words: readonly { readonly text: string; readonly startMs: number; readonly endMs: number }[];
  /** The client asks for a flush here. */
  readonly flushesAtMs: readonly number[];
}

const known = new Map<number, Scenario>();

/** The recording of a seed: utterances of a few words with pauses between them. */
export function scenario(seed: number): Scenario {
  const made = known.get(seed) ?? record(seed);
  known.set(seed, made);
  return made;
}

function record(seed: number): Scenario {
  const random = new Random(seed);
  const entries: SpelledEntry[] = [];
  let atMs = random.whole(200, 1_500);
  const utterances = random.whole(3, 8);
  for (let utterance = 0; utterance < utterances; utterance++) {
    const words = random.whole(1, 10);
    for (let word = 0; word < words; word++) {
      const lengthMs = random.whole(200, 500);
      entries.push({
        word: entries.length,
        startMs: atMs,
        endMs: atMs + lengthMs,
        endsSentence: word === words - 1,
      });
      atMs += lengthMs + random.whole(40, 120);
    }
    atMs += random.whole(900, 2_500);
  }
  const durationMs = atMs + random.whole(0, 800);
  const encoding = random.pick(['pcm_s16le', 'pcm_s16le', 'pcm_f32le'] as const);
  const channels = random.pick([1, 1, 2] as const);
  const mono = spellAudio(entries, { durationMs });
  const samples =
    channels === 1
      ? mono
      : Float32Array.from({ length: mono.length * 2 }, (_, at) => mono[at >> 1] as number);
  const flushes = random.chance(0.4) ? random.whole(1, 3) : 0;
  return {
    name: `scenario ${seed} (${entries.length} words, ${Math.round(durationMs / 1000)} s, ${encoding} × ${channels}, ${flushes} flushes)`,
    config: {
      language: 'en',
      sample_rate: SAMPLE_RATE,
      encoding,
      channels,
      interim_results: random.chance(0.6),
      word_timestamps: random.chance(0.3),
      endpointing_ms: random.pick([300, 500, 700]),
    },
    audio: encodePcm(samples, encoding),
    bytesPerMs: (SAMPLE_RATE / 1000) * channels * (encoding === 'pcm_f32le' ? 4 : 2),
    durationMs,
    words: entries.map(({ word, startMs, endMs }) => ({
      text: vocabularyWord(Number(word)),
      startMs,
      endMs,
    })),
    flushesAtMs: Array.from({ length: flushes }, () => random.whole(500, durationMs)).sort((a, b) => a - b),
  };
}
