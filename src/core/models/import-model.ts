import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../files/durable-file.ts';
import { describeError } from '../foundation/errors.ts';
import { type CatalogueModel, findModel } from './catalogue.ts';
import { digestFile } from './file-digest.ts';
import { copyIntoFolder, type ImportedCopy, sizeOfInput } from './import-file.ts';
import { writeInstallRecord } from './install-record.ts';
import { ModelError, writeFailure } from './model-error.ts';
import { type ModelFiles, modelFiles, requireModelName } from './model-files.ts';
import { ModelLock } from './model-lock.ts';
import { discardPart } from './part-file.ts';
import { cancelled, lockOf, makeFolder, refuseBundled, type StoreContext } from './store-context.ts';

export interface ImportOptions {
  /** What to call a model that is not in the catalogue. */
  readonly name?: string | undefined;
  /** The user vouches for a file that is not in the catalogue. */
  readonly trust?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears how many of `totalBytes` have been copied and read. */
  readonly onProgress?: ((bytes: number, totalBytes: number) => void) | undefined;
}

export interface ImportedModel {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** `verified`: it is a model of the catalogue. */
  readonly trust: 'verified' | 'trusted';
  /** The very same model was there. */
  readonly alreadyThere: boolean;
}

/**
 * Copies a local file into the store. A file of the catalogue is known by its checksum and gets its name; any
 * other needs the user's word and a name, and must pass the store's inspection.
 *
 * @throws {ModelError} `input_…`, `model_untrusted`, `model_name_invalid`, `model_exists`, `model_bundled`,
 *   `model_busy`, `disk_full`, `models_folder_unwritable`, `cancelled`; what the inspection throws.
 */
export async function importModel(
  context: StoreContext,
  source: string,
  { name, trust = false, signal = new AbortController().signal, onProgress }: ImportOptions,
): Promise<ImportedModel> {
  const file = path.resolve(source);
  const totalBytes = await sizeOfInput(file);
  const mayBeKnown = context.catalogue.some((model) => model.bytes === totalBytes);
  // Before gigabytes are copied.
  if (!mayBeKnown) requireConsent(context, file, name, trust);
  await makeFolder(context);
  try {
    const copy = await copyIntoFolder(file, context.folder, signal, (bytes) =>
      onProgress?.(bytes, totalBytes),
    );
    try {
      return await settle(context, file, copy, name, trust, signal);
    } finally {
      await rm(copy.file, { force: true });
    }
  } catch (error) {
    if (signal.aborted) throw cancelled('Nothing was imported.');
    throw error;
  }
}

async function settle(
  context: StoreContext,
  source: string,
  copy: ImportedCopy,
  name: string | undefined,
  trust: boolean,
  signal: AbortSignal,
): Promise<ImportedModel> {
  const known = context.catalogue.find(({ sha256 }) => sha256 === copy.sha256);
  const modelName = known ? nameOfKnown(known, name) : requireConsent(context, source, name, trust);
  if (!known) await inspect(context, source, copy);
  const files = modelFiles(context.folder, modelName);
  const imported = {
    name: modelName,
    path: files.model,
    bytes: copy.bytes,
    sha256: copy.sha256,
    trust: known ? ('verified' as const) : ('trusted' as const),
  };
  const lock = await ModelLock.tryAcquire(lockOf(context, modelName));
  if (!(lock instanceof ModelLock)) throw busy(modelName, lock?.pid ?? null);
  try {
    if (existsSync(files.model)) {
      if ((await digestFile(files.model, signal)) !== copy.sha256) throw exists(files, modelName);
      await record(context, files, files.model, imported);
      return { ...imported, alreadyThere: true };
    }
    await record(context, files, copy.file, imported);
    await moveIntoPlace(context, files, copy);
    return { ...imported, alreadyThere: false };
  } finally {
    await lock.release();
  }
}

function nameOfKnown(known: CatalogueModel, name: string | undefined): string {
  if (name === undefined || name === known.name) return known.name;
  throw new ModelError(
    'model_name_invalid',
    `This file is the catalogue's model ${known.name}, and is called that. Import it without --name.`,
  );
}

/** @returns the name. @throws {ModelError} where the user has not said what is needed. */
function requireConsent(
  { catalogue }: StoreContext,
  source: string,
  name: string | undefined,
  trust: boolean,
): string {
  if (!trust) {
    throw new ModelError(
      'model_untrusted',
      `${source} is none of the catalogue's models, so nobody has checked it. If you know where it comes from, import it with --trust --name NAME.`,
    );
  }
  if (name === undefined) {
    throw new ModelError('model_name_invalid', 'Say what to call the model: --name NAME.');
  }
  requireModelName(name);
  refuseBundled(name, 'replaced');
  if (!findModel(name, catalogue)) return name;
  throw new ModelError(
    'model_name_invalid',
    `${name} is the name of one of the catalogue's models, which this file is not. Choose another name.`,
  );
}

async function inspect({ inspect: judge }: StoreContext, source: string, copy: ImportedCopy): Promise<void> {
  if (!judge) {
    throw new ModelError('model_untrusted', `${source} cannot be judged here: only models of the catalogue.`);
  }
  try {
    await judge(copy.file);
  } catch (cause) {
    // The inspection saw the copy; the user knows the source.
    const said = describeError(cause).replaceAll(path.basename(copy.file), path.basename(source));
    throw new ModelError('model_invalid', said, { cause });
  }
}

async function record(
  { folder }: StoreContext,
  files: ModelFiles,
  file: string,
  { trust, sha256 }: Pick<ImportedModel, 'trust' | 'sha256'>,
): Promise<void> {
  try {
    await writeInstallRecord(files, file, trust, sha256);
  } catch (error) {
    throw writeFailure(folder, error);
  }
}

async function moveIntoPlace({ folder }: StoreContext, files: ModelFiles, copy: ImportedCopy): Promise<void> {
  try {
    await rename(copy.file, files.model);
    await discardPart(files);
    await syncFolder(folder);
  } catch (error) {
    throw writeFailure(folder, error);
  }
}

function exists(files: ModelFiles, name: string): ModelError {
  return new ModelError(
    'model_exists',
    `There is another model called ${name} (${files.model}). Remove it first with \`surtitle models rm ${name}\`.`,
  );
}

/** Somebody else is at it. */
export function busy(name: string, pid: number | null): ModelError {
  return new ModelError(
    'model_busy',
    `${name} is being downloaded or imported by ${pid === null ? 'another process' : `process ${pid}`}. Stop that, or wait for it, and try again.`,
  );
}
