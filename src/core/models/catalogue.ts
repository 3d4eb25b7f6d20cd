import { PUBLISHED_MODELS } from './published-models.ts';

/** A Whisper model's shape; models of a family differ in language and in how their weights are stored. */
const MODEL_FAMILIES = ['tiny', 'base', 'small', 'medium', 'large-v2', 'large-v3', 'large-v3-turbo'] as const;
export type ModelFamily = (typeof MODEL_FAMILIES)[number];

/** A model that can be downloaded. */
export interface CatalogueModel {
  /** As used in `--model`; the file is `ggml-NAME.bin`. */
  readonly name: string;
  /** Size of the file. */
  readonly bytes: number;
  /** Of the file, in lower-case hexadecimal. */
  readonly sha256: string;
  readonly family: ModelFamily;
  /** `en` hears English only, and hears it better than a multilingual model of the same size. */
  readonly languages: 'en' | 'multilingual';
  /** How the weights are stored: `f16` in full, `q8_0` and `q5_…` rounded. */
  readonly quantization: string;
}

/** All models known by checksum, from the smallest family to the largest. */
export const CATALOGUE: readonly CatalogueModel[] = PUBLISHED_MODELS.map(([name, bytes, sha256]) =>
  describe(name, bytes, sha256),
);

/** The model to begin with: quick enough for most machines, good enough for clear English. */
export const SUGGESTED_MODEL = 'base.en';

/** The model that ships with Surtitle: a demo, which no download may replace. */
export const STARTER_MODEL = 'starter.en';

export function findModel(
  name: string,
  catalogue: readonly CatalogueModel[] = CATALOGUE,
): CatalogueModel | undefined {
  return catalogue.find((model) => model.name === name);
}

function describe(name: string, bytes: number, sha256: string): CatalogueModel {
  const [, stem = name, english, quantization = 'f16'] = /^(.+?)(\.en)?(?:-(q\d_\d))?$/u.exec(name) ?? [];
  const family = MODEL_FAMILIES.find((known) => known === stem);
  if (!family) throw new TypeError(`The catalogue has no family for ${name}.`);
  return { name, bytes, sha256, family, languages: english ? 'en' : 'multilingual', quantization };
}
