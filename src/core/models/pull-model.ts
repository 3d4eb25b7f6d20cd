import { existsSync } from 'node:fs';
import { describeBytes } from './byte-words.ts';
import { type CatalogueModel, findModel } from './catalogue.ts';
import { download } from './download.ts';
import type { DownloadEvent } from './download-events.ts';
import { digestFile } from './file-digest.ts';
import { modelAddress } from './hub.ts';
import { readInstallRecord, writeInstallRecord } from './install-record.ts';
import { ModelError, writeFailure } from './model-error.ts';
import { type ModelFiles, modelFiles } from './model-files.ts';
import { ModelLock } from './model-lock.ts';
import { didYouMean } from './near-names.ts';
import { sizeOf } from './part-file.ts';
import { cancelled, lockOf, makeFolder, refuseBundled, type StoreContext } from './store-context.ts';

export interface PullOptions {
  /** Base address to download from instead of the hub: `MIRROR/ggml-NAME.bin`. */
  readonly mirror?: string | null | undefined;
  /** Stops the download; what has come is kept, and another pull goes on from there. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: DownloadEvent) => void) | undefined;
}

/** A model that is now installed. */
export interface PulledModel {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** Nothing had to be downloaded by this call. */
  readonly alreadyThere: boolean;
}

/**
 * Installs a model of the catalogue. Any number of processes may do so at the same time: one downloads, the
 * others wait for it.
 *
 * @throws {ModelError} see `docs/models.md`.
 */
export async function pullModel(
  context: StoreContext,
  name: string,
  { mirror = null, signal = new AbortController().signal, onEvent = () => undefined }: PullOptions,
): Promise<PulledModel> {
  const model = requireCatalogueModel(context, name);
  const files = modelFiles(context.folder, name);
  const address = modelAddress(model, mirror);
  const installed = { name, path: files.model, bytes: model.bytes };
  if (await isVerified(files, model)) return { ...installed, alreadyThere: true };
  await makeFolder(context);
  try {
    for (;;) {
      const lock = await waitForLock(context, model, files, signal, onEvent);
      try {
        const all = AbortSignal.any([signal, lock.lost]);
        if (await adopt(context, model, files, all, onEvent)) return { ...installed, alreadyThere: true };
        const http = await context.createHttpClient();
        try {
          await download({ ...context, model, address, files, http, lock, signal: all, onEvent });
        } finally {
          await http.close();
        }
        return { ...installed, alreadyThere: false };
      } catch (error) {
        // Believed dead, this process lost its lock to another: that one is waited for.
        if (!lock.lost.aborted || signal.aborted) throw error;
      } finally {
        await lock.release();
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const kept = await sizeOf(files.part);
    const what = kept > 0 ? `${describeBytes(kept)} of ${describeBytes(model.bytes)} are kept. ` : '';
    throw cancelled(`${what}To go on: surtitle models pull ${name}`);
  }
}

async function waitForLock(
  context: StoreContext,
  model: CatalogueModel,
  files: ModelFiles,
  signal: AbortSignal,
  onEvent: (event: DownloadEvent) => void,
): Promise<ModelLock> {
  try {
    return await ModelLock.acquire({
      ...lockOf(context, model.name),
      signal,
      onWaiting: async (holder) => {
        const bytes = await sizeOf(files.part);
        onEvent({ type: 'waiting', pid: holder?.pid ?? null, bytes, totalBytes: model.bytes });
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    throw writeFailure(context.folder, error);
  }
}

/**
 * Takes a file that is there already for the model, where its checksum is right.
 * @throws {ModelError} `model_exists` where it is not.
 */
async function adopt(
  { folder }: StoreContext,
  model: CatalogueModel,
  files: ModelFiles,
  signal: AbortSignal,
  onEvent: (event: DownloadEvent) => void,
): Promise<boolean> {
  if (!existsSync(files.model)) return false;
  if (await isVerified(files, model)) return true;
  const sha256 = await digestFile(files.model, signal, (bytes) =>
    onEvent({ type: 'checking', bytes, totalBytes: model.bytes }),
  );
  if (sha256 !== model.sha256) {
    throw new ModelError(
      'model_exists',
      `${files.model} is there, but it is not the model ${model.name}: its sha256 is another. Move it away, or remove it with \`surtitle models rm ${model.name}\`, and pull again.`,
    );
  }
  try {
    await writeInstallRecord(files, files.model, 'verified', sha256);
  } catch (error) {
    throw writeFailure(folder, error);
  }
  return true;
}

async function isVerified(files: ModelFiles, model: CatalogueModel): Promise<boolean> {
  const record = await readInstallRecord(files);
  return record?.trust === 'verified' && record.sha256 === model.sha256;
}

function requireCatalogueModel({ catalogue }: StoreContext, name: string): CatalogueModel {
  refuseBundled(name, 'downloaded: it is there already');
  const model = findModel(name, catalogue);
  if (model) return model;
  const near = didYouMean(
    name,
    catalogue.map((known) => known.name),
  );
  throw new ModelError(
    'model_unknown',
    `There is no model ${JSON.stringify(name.slice(0, 80))} to download. ${near ? `${near} ` : ''}\`surtitle models list --all\` shows them all.`,
  );
}
