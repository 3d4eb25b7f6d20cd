import { existsSync, statSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { errnoOf } from '../files/errno.ts';
import { type CatalogueModel, findModel, STARTER_MODEL } from './catalogue.ts';
import { busy, type ImportedModel, type ImportOptions, importModel } from './import-model.ts';
import { type ModelTrust, readInstallRecord } from './install-record.ts';
import { ModelError, writeFailure } from './model-error.ts';
import { modelFiles, nameOfModelFile } from './model-files.ts';
import { ModelLock } from './model-lock.ts';
import { didYouMean } from './near-names.ts';
import { discardPart, sizeOf } from './part-file.ts';
import { type PulledModel, type PullOptions, pullModel } from './pull-model.ts';
import {
  lockOf,
  type ModelStoreOptions,
  refuseBundled,
  type StoreContext,
  storeContext,
} from './store-context.ts';

/** A model that can be used, or the beginning of one. */
export interface StoredModel {
  readonly name: string;
  /** Absolute, of the model file. */
  readonly path: string;
  /** On the disk. */
  readonly bytes: number;
  /** `partial`: not all of it has been downloaded. `bundled`: the starter model. */
  readonly state: ModelTrust | 'bundled' | 'partial';
  /** Its entry in the catalogue, where it has one. */
  readonly catalogue: CatalogueModel | null;
}

/** What removing a model took away. */
export interface RemovedModel {
  readonly model: boolean;
  /** The beginning of a download. */
  readonly part: boolean;
  readonly bytes: number;
}

/**
 * The models on this machine: the bundled one and those in the models folder. Any number of stores, in any
 * number of processes, may use a folder at the same time.
 */
export class ModelStore {
  readonly #context: StoreContext;

  constructor(options: ModelStoreOptions) {
    this.#context = storeContext(options);
  }

  get folder(): string {
    return this.#context.folder;
  }

  /** What can be downloaded. */
  get catalogue(): readonly CatalogueModel[] {
    return this.#context.catalogue;
  }

  /** The bundled model, then all others by name. A folder that is not there is an empty one. */
  async list(): Promise<StoredModel[]> {
    const { folder, bundled, catalogue } = this.#context;
    const models: StoredModel[] = [];
    for (const name of await this.#names()) {
      const files = modelFiles(folder, name);
      const known = findModel(name, catalogue) ?? null;
      const bytes = await sizeOf(files.model);
      if (existsSync(files.model)) {
        const state = (await readInstallRecord(files))?.trust ?? 'unchecked';
        models.push({ name, path: files.model, bytes, state, catalogue: known });
      } else {
        const partBytes = await sizeOf(files.part);
        models.push({ name, path: files.model, bytes: partBytes, state: 'partial', catalogue: known });
      }
    }
    if (bundled === null || !existsSync(bundled)) return models;
    const { size } = await stat(bundled);
    return [
      { name: STARTER_MODEL, path: bundled, bytes: size, state: 'bundled', catalogue: null },
      ...models,
    ];
  }

  /**
   * The file of an installed model.
   * @throws {ModelError} `model_not_found`, saying how to get it; `model_name_invalid`.
   */
  locate(name: string): string {
    const { folder, bundled, catalogue } = this.#context;
    if (name === STARTER_MODEL && bundled !== null) return requireBundled(bundled);
    const { model } = modelFiles(folder, name);
    if (existsSync(model) && statSync(model).isFile()) return model;
    const near = didYouMean(
      name,
      catalogue.map((known) => known.name),
    );
    const next = findModel(name, catalogue)
      ? `Get it with \`surtitle models pull ${name}\`.`
      : `${near ? `${near} ` : ''}\`surtitle models list --all\` shows what there is to download.`;
    throw new ModelError('model_not_found', `There is no model "${name}": ${model} does not exist. ${next}`);
  }

  /** Installs a model of the catalogue; see {@link pullModel}. */
  pull(name: string, options: PullOptions = {}): Promise<PulledModel> {
    return pullModel(this.#context, name, options);
  }

  /** Copies a local file into the store; see {@link importModel}. */
  importFile(source: string, options: ImportOptions = {}): Promise<ImportedModel> {
    return importModel(this.#context, source, options);
  }

  /**
   * Removes a model and what has been downloaded of it.
   * @throws {ModelError} `model_bundled`, `model_busy`, `model_not_found`, `models_folder_unwritable`.
   */
  async remove(name: string): Promise<RemovedModel> {
    refuseBundled(name, 'removed');
    const files = modelFiles(this.#context.folder, name);
    const names = await this.#names();
    if (!names.includes(name)) throw notInstalled(name, names);
    const lock = await this.#lock(name);
    try {
      const bytes = (await sizeOf(files.model)) + (await sizeOf(files.part));
      const model = existsSync(files.model);
      await rm(files.model, { force: true });
      await rm(files.record, { force: true });
      return { model, part: await discardPart(files), bytes };
    } catch (error) {
      throw removalFailure(name, this.#context.folder, error);
    } finally {
      await lock.release();
    }
  }

  async #lock(name: string): Promise<ModelLock> {
    let lock: Awaited<ReturnType<typeof ModelLock.tryAcquire>>;
    try {
      lock = await ModelLock.tryAcquire(lockOf(this.#context, name));
    } catch (error) {
      throw writeFailure(this.#context.folder, error);
    }
    if (lock instanceof ModelLock) return lock;
    throw busy(name, lock?.pid ?? null);
  }

  /** Of models that are there, in whole or in part. */
  async #names(): Promise<string[]> {
    const { folder } = this.#context;
    let entries: string[];
    try {
      entries = await readdir(folder);
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return [];
      throw new ModelError(
        'models_folder_unwritable',
        `The models folder ${folder} cannot be read (${errnoOf(error)}). Check its permissions, or set SURTITLE_HOME to another folder.`,
        { cause: error },
      );
    }
    const names = entries.map((entry) => nameOfModelFile(entry.replace(/\.part$/u, '')));
    return [...new Set(names.filter((name) => name !== null))]
      .filter((name) => name !== STARTER_MODEL)
      .sort();
  }
}

function requireBundled(bundled: string): string {
  if (existsSync(bundled)) return bundled;
  throw new ModelError('model_not_found', `The bundled model ${bundled} is missing. Install Surtitle again.`);
}

function notInstalled(name: string, installed: readonly string[]): ModelError {
  const near = didYouMean(name, installed);
  return new ModelError(
    'model_not_found',
    `${name} is not installed. ${near || '`surtitle models list` shows what is.'}`,
  );
}

function removalFailure(name: string, folder: string, cause: unknown): ModelError {
  const errno = errnoOf(cause);
  if (errno === 'EBUSY' || (errno === 'EPERM' && process.platform === 'win32')) {
    return new ModelError(
      'model_busy',
      `${name} is in use (${errno}). End the program that uses it, and try again.`,
      { cause },
    );
  }
  return writeFailure(folder, cause);
}
