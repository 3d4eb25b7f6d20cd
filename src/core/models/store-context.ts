import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../foundation/clock.ts';
import type { Logger } from '../foundation/logger.ts';
import { CATALOGUE, type CatalogueModel, STARTER_MODEL } from './catalogue.ts';
import { DEFAULT_PATIENCE, type DownloadPatience } from './download-events.ts';
import { createHttpClient, type HttpClient } from './http.ts';
import { ModelError, writeFailure } from './model-error.ts';
import type { LockOptions } from './model-lock.ts';

export interface ModelStoreOptions {
  /** Folder of the models; made when something is first put there. */
  readonly folder: string;
  /** File of the bundled model {@link STARTER_MODEL}; `null` where nothing is bundled. */
  readonly bundled: string | null;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * Judges a file that is not in the catalogue; rejects where the engine cannot load it safely. Without it,
   * nothing but the catalogue's models can be imported.
   */
  readonly inspect?: (file: string) => Promise<unknown>;
  readonly catalogue?: readonly CatalogueModel[];
  readonly createHttpClient?: () => Promise<HttpClient>;
  readonly patience?: Partial<DownloadPatience>;
}

/** The store's options with nothing left open. */
export interface StoreContext {
  readonly folder: string;
  readonly bundled: string | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly inspect: ((file: string) => Promise<unknown>) | null;
  readonly catalogue: readonly CatalogueModel[];
  readonly createHttpClient: () => Promise<HttpClient>;
  readonly patience: DownloadPatience;
}

export function storeContext(options: ModelStoreOptions): StoreContext {
  return {
    ...options,
    inspect: options.inspect ?? null,
    catalogue: options.catalogue ?? CATALOGUE,
    createHttpClient: options.createHttpClient ?? createHttpClient,
    patience: { ...DEFAULT_PATIENCE, ...options.patience },
  };
}

/** @throws {ModelError} `models_folder_unwritable`, `disk_full`. */
export async function makeFolder({ folder }: StoreContext): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw writeFailure(folder, error);
  }
}

/** What locks a model of this store. */
export function lockOf({ folder, clock }: StoreContext, name: string): LockOptions {
  return { folder: path.join(folder, '.locks'), name, clock };
}

/** @throws {ModelError} `model_bundled`. */
export function refuseBundled(name: string, what: string): void {
  if (name !== STARTER_MODEL) return;
  throw new ModelError('model_bundled', `${STARTER_MODEL} comes with Surtitle and cannot be ${what}.`);
}

/** The error for what was stopped by its signal. `next` says how to go on. */
export function cancelled(next: string): ModelError {
  return new ModelError('cancelled', `Stopped. ${next}`);
}
