import path from 'node:path';
import { ModelError } from './model-error.ts';

/** What a model may be called: on the wire, in a file name and on a command line. */
const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u;

/** The files that may lie in the models folder for one model. */
export interface ModelFiles {
  /** The model, whole. */
  readonly model: string;
  /** What is known of it: where it is from, its checksum. */
  readonly record: string;
  /** As much as has been downloaded. */
  readonly part: string;
  /** Where the part comes from. */
  readonly partSource: string;
}

/** Paths of a model's files. @throws {ModelError} `model_name_invalid`. */
export function modelFiles(folder: string, name: string): ModelFiles {
  const model = path.join(folder, `ggml-${requireModelName(name)}.bin`);
  return { model, record: `${model}.json`, part: `${model}.part`, partSource: `${model}.part.json` };
}

/** `ggml-base.en.bin` → `base.en`; `null` for any other file. */
export function nameOfModelFile(fileName: string): string | null {
  const name = /^ggml-(.+)\.bin$/u.exec(fileName)?.[1];
  return name !== undefined && MODEL_NAME.test(name) ? name : null;
}

/** `name`, where it can be one. @throws {ModelError} `model_name_invalid`. */
export function requireModelName(name: string): string {
  if (MODEL_NAME.test(name)) return name;
  throw new ModelError(
    'model_name_invalid',
    `"${name.slice(0, 80)}" cannot be a model's name: up to 64 letters, digits, dots, hyphens and underscores, the first a letter or digit.`,
  );
}
