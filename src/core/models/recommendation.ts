import type { CatalogueModel, ModelFamily } from './catalogue.ts';

/**
 * Live captions decode the speech of the last seconds again and again: below this many times real time they
 * fall behind.
 */
export const COMFORTABLE_SPEED = 4;

/** To be recommended, by an estimate that may be off by half. */
const RECOMMENDED_SPEED = 1.5 * COMFORTABLE_SPEED;

/** The system, a browser and a video call want memory too. */
const SHARE_OF_MEMORY = 0.6;

interface FamilyCost {
  /** Memory of the engine's process besides the weights, in bytes, at 30 s of audio. */
  readonly workingBytes: number;
  /** Time of a decode against the starter model's. */
  readonly relativeTime: number;
}

/**
 * Measured with files of the families' true dimensions and empty weights (10 s of audio, one thread, AVX2;
 * memory as the process's peak); the times are rounded up by a tenth, because a larger model leaves the
 * processor's caches sooner on another machine. Not measured: `large-v2` and `large-v3`, which are
 * `large-v3-turbo` with the decoder eight times as deep.
 */
const COSTS: Readonly<Record<ModelFamily, FamilyCost>> = {
  tiny: { workingBytes: 245e6, relativeTime: 2.1 },
  base: { workingBytes: 320e6, relativeTime: 4 },
  small: { workingBytes: 570e6, relativeTime: 13.5 },
  medium: { workingBytes: 1100e6, relativeTime: 38 },
  'large-v2': { workingBytes: 1550e6, relativeTime: 90 },
  'large-v3': { workingBytes: 1550e6, relativeTime: 90 },
  'large-v3-turbo': { workingBytes: 1220e6, relativeTime: 64 },
};

/** Unpacking five bits a weight costs time; eight cost next to none. Measured as above. */
const QUANTIZATION_TIME: Readonly<Record<string, number>> = { q5_0: 1.6, q5_1: 1.6, q8_0: 1.1 };

/** From the least to the most accurate, as OpenAI reports it (github.com/openai/whisper). */
const BY_ACCURACY: readonly ModelFamily[] = [
  'tiny',
  'base',
  'small',
  'medium',
  'large-v2',
  'large-v3-turbo',
  'large-v3',
];
const BY_FIDELITY: readonly string[] = ['q5_0', 'q5_1', 'q8_0', 'f16'];

/** What is known of a machine. */
export interface Machine {
  /** How fast it decodes with the starter model; `null` where it has not been measured. */
  readonly starterTimesRealTime: number | null;
  readonly memoryBytes: number;
}

/** `live`: keeps up with a speaker. `files`: right for recordings only. `too_large`: for the memory. */
export type Suitability = 'live' | 'files' | 'too_large';

/** Models to use on a machine, by name. */
export interface Recommendation {
  readonly english: string;
  readonly multilingual: string;
}

/** Memory that decoding with a model takes, in bytes: an estimate, the file and what decoding needs besides. */
export function estimateMemory(model: CatalogueModel): number {
  return model.bytes + COSTS[model.family].workingBytes;
}

/** How many seconds of audio a machine should decode a second: an estimate from the starter model's speed. */
export function estimateSpeed(model: CatalogueModel, starterTimesRealTime: number): number {
  const factor = QUANTIZATION_TIME[model.quantization] ?? 1;
  return starterTimesRealTime / (COSTS[model.family].relativeTime * factor);
}

/** What a model is good for on a machine; `null` where its speed is not known. */
export function suitabilityOf(model: CatalogueModel, machine: Machine): Suitability | null {
  if (estimateMemory(model) > machine.memoryBytes * SHARE_OF_MEMORY) return 'too_large';
  if (machine.starterTimesRealTime === null) return null;
  return estimateSpeed(model, machine.starterTimesRealTime) >= COMFORTABLE_SPEED ? 'live' : 'files';
}

/**
 * The most accurate models that keep up with a speaker, with something to spare; `null` where none does, or the speed is not known.
 * Of a family, the variant with the least rounded weights.
 */
export function recommendModels(
  catalogue: readonly CatalogueModel[],
  machine: Machine,
): Recommendation | null {
  const { starterTimesRealTime: starter } = machine;
  if (starter === null) return null;
  const live = catalogue
    .filter((model) => suitabilityOf(model, machine) === 'live')
    .filter((model) => estimateSpeed(model, starter) >= RECOMMENDED_SPEED)
    .sort((a, b) => rank(b) - rank(a));
  const multilingual = live.find((model) => model.languages === 'multilingual');
  if (!multilingual) return null;
  // From `large` on there are no English models; the multilingual ones hear English better than medium.en.
  const english = live.find(({ family, languages }) => languages === 'en' || family.startsWith('large'));
  return { english: (english ?? multilingual).name, multilingual: multilingual.name };
}

function rank(model: CatalogueModel): number {
  return BY_ACCURACY.indexOf(model.family) * BY_FIDELITY.length + BY_FIDELITY.indexOf(model.quantization);
}
