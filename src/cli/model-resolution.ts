import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { SurtitleError } from '../core/foundation/errors.ts';
import { resourcesFolder } from './installation.ts';

/** The model that ships with Surtitle. */
export const STARTER_MODEL = 'starter.en';

/** Said wherever the starter model is used. */
export const STARTER_NOTICE =
  'starter.en is a demo: it knows 639 English words and was trained on synthetic voices only. It is not for captioning people.';

/** A model file to load. */
export interface ResolvedModel {
  /** Name on the wire; never a path. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  readonly starter: boolean;
}

/** Where names are looked up. */
export interface ModelPlaces {
  /** Surtitle's data folder; models lie in its `models`. */
  readonly dataFolder: string;
}

/** How to get a model that is good enough to caption people. */
export function realModelHint({ dataFolder }: ModelPlaces): string {
  const folder = path.join(dataFolder, 'models');
  return `For real use put a Whisper model such as ggml-base.en.bin (https://huggingface.co/ggerganov/whisper.cpp) into ${folder} and pass --model base.en.`;
}

/**
 * The model that was asked for on the command line or, without that, by the environment variable
 * `WHISPER_MODEL_SIZE`, which the older server read. Nothing asked for is the starter model.
 */
export function requestedModel(
  option: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  return option || environment.WHISPER_MODEL_SIZE || STARTER_MODEL;
}

/**
 * Finds the file of a model given as a path to a GGML file, or as a name: the bundled starter model, or
 * `ggml-NAME.bin` among the user's models.
 *
 * @throws {SurtitleError} `model_not_found`.
 */
export function resolveModel(requested: string, places: ModelPlaces): ResolvedModel {
  if (requested === STARTER_MODEL) {
    const file = path.join(resourcesFolder, 'models', `ggml-${STARTER_MODEL}.bin`);
    return { name: STARTER_MODEL, path: requireFile(file, requested, places), starter: true };
  }
  if (looksLikePath(requested)) {
    const file = requireFile(path.resolve(requested), requested, places);
    return { name: nameOfFile(file), path: file, starter: false };
  }
  const file = path.join(places.dataFolder, 'models', `ggml-${requested}.bin`);
  return { name: requested, path: requireFile(file, requested, places), starter: false };
}

function looksLikePath(requested: string): boolean {
  return /[/\\]/u.test(requested) || requested.endsWith('.bin') || requested.endsWith('.gguf');
}

/** `/models/ggml-base.en.bin` → `base.en`, in the letters that a model's name on the wire may have. */
function nameOfFile(file: string): string {
  const stem = path
    .basename(file)
    .replace(/\.(bin|gguf)$/u, '')
    .replace(/^ggml-/u, '');
  const name = stem.replace(/[^A-Za-z0-9._-]/gu, '-').slice(0, 64);
  return /^[A-Za-z0-9]/u.test(name) ? name : 'model';
}

function requireFile(file: string, requested: string, places: ModelPlaces): string {
  const exists = existsSync(file);
  if (exists && statSync(file).isFile()) return file;
  throw new SurtitleError(
    'model_not_found',
    `There is no model "${requested}": ${file} ${exists ? 'is not a file' : 'does not exist'}. ${realModelHint(places)} --model ${STARTER_MODEL} uses the bundled demo model.`,
  );
}
