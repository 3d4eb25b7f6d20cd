import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../core/foundation/clock.ts';
import { SurtitleError } from '../core/foundation/errors.ts';
import { silentLogger } from '../core/foundation/logger.ts';
import { STARTER_MODEL, SUGGESTED_MODEL } from '../core/models/catalogue.ts';
import { ModelError } from '../core/models/model-error.ts';
import { ModelStore } from '../core/models/store.ts';
import { bundledModel, modelsFolder } from './model-places.ts';

export { STARTER_MODEL };

/** Said wherever the starter model is used. */
export const STARTER_NOTICE =
  'starter.en is a demo: it knows 639 English words and was trained on synthetic voices only. It is not for captioning people.';

const DEMO_HINT = `\`--model ${STARTER_MODEL}\` uses the bundled demo.`;

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

/** The one command that gets a model good enough to caption people, or uses the one that is there. */
export function realModelHint({ dataFolder }: ModelPlaces): string {
  const installed = existsSync(path.join(modelsFolder(dataFolder), `ggml-${SUGGESTED_MODEL}.bin`));
  return installed
    ? `For real use: --model ${SUGGESTED_MODEL}`
    : `For real use: surtitle models pull ${SUGGESTED_MODEL}`;
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
 * @throws {SurtitleError} `model_not_found`, `model_name_invalid`.
 */
export function resolveModel(requested: string, places: ModelPlaces): ResolvedModel {
  if (looksLikePath(requested)) {
    const file = requireFile(path.resolve(requested), requested, places);
    return { name: nameOfFile(file), path: file, starter: false };
  }
  const store = new ModelStore({
    folder: modelsFolder(places.dataFolder),
    bundled: bundledModel,
    clock: systemClock,
    logger: silentLogger,
  });
  try {
    const file = store.locate(requested);
    return { name: requested, path: file, starter: requested === STARTER_MODEL };
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== 'model_not_found') throw error;
    throw new SurtitleError(error.code, `${error.message} ${DEMO_HINT}`, { cause: error });
  }
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
    `There is no model "${requested}": ${file} ${exists ? 'is not a file' : 'does not exist'}. ${realModelHint(places)} ${DEMO_HINT}`,
  );
}
