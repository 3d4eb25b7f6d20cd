import os from 'node:os';
import type { Clock } from '../../core/foundation/clock.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import { findModel, SUGGESTED_MODEL } from '../../core/models/catalogue.ts';
import { ModelError } from '../../core/models/model-error.ts';
import type { ModelStore } from '../../core/models/store.ts';
import type { Handlers } from '../../ipc/call.ts';
import type { SharedCalls } from '../../ipc/calls.ts';
import type { ModelsView } from '../../ipc/views.ts';
import { ChangePublisher } from '../change-publisher.ts';
import type { SettingsOwner } from '../settings-owner.ts';
import { ModelDownloads } from './model-downloads.ts';
import { modelOverview } from './model-overview.ts';
import { recallStarterSpeed } from './speed-record.ts';

export interface ModelHandlersDependencies {
  readonly store: ModelStore;
  /** Where this machine's speed is kept. */
  readonly dataFolder: string;
  readonly settings: Pick<SettingsOwner, 'values' | 'write'>;
  /** Name of the model that captions are made with. */
  readonly modelInUse: () => string;
  /** Loads a model into the server; done when it is loaded, rejects where it cannot be. */
  readonly loadModel: (name: string) => Promise<void>;
  readonly onChange: (view: ModelsView) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

export type ModelCalls = Pick<
  SharedCalls,
  'models.list' | 'models.pull' | 'models.stopPull' | 'models.remove' | 'models.import' | 'models.use'
>;

export interface ModelHandlers {
  readonly handlers: Handlers<ModelCalls>;
  /** To be called when another model is in use, or the models folder changed. */
  changed(): void;
  /** Stops downloads; what has come is kept. */
  close(): Promise<void>;
}

/** A progress bar needs no more. */
const PROGRESS_INTERVAL_MS = 200;

/** Answers what the Models page asks. Handlers throw {@link ModelError}s, and `model_in_use`. */
export function createModelHandlers(dependencies: ModelHandlersDependencies): ModelHandlers {
  const { store, settings, onChange, clock, logger } = dependencies;
  const view = () => viewOf(dependencies, downloads);
  const publisher = new ChangePublisher({
    clock,
    logger,
    intervalMs: PROGRESS_INTERVAL_MS,
    view,
    publish: onChange,
  });
  const downloads: ModelDownloads = new ModelDownloads({
    store,
    mirror: () => settings.values['models.mirror'],
    clock,
    logger,
    onProgress: () => publisher.soon(),
    onChange: () => publisher.now(),
  });
  const isPartial = async (name: string): Promise<boolean> =>
    (await store.list()).some((model) => model.name === name && model.state === 'partial');

  return {
    handlers: {
      'models.list': view,
      'models.pull'({ name }) {
        if (!findModel(name, store.catalogue)) throw unknown(name);
        downloads.start(name);
      },
      async 'models.stopPull'({ name, discard }) {
        await downloads.stop(name);
        // It may have come to its end just before.
        if (discard && (await isPartial(name))) await store.remove(name);
        publisher.now();
      },
      async 'models.remove'({ name }) {
        if (name === dependencies.modelInUse()) throw inUse(name);
        await downloads.stop(name);
        await store.remove(name);
        publisher.now();
        return view();
      },
      async 'models.import'({ file, trustAs }, { resolveFile, signal }) {
        const trusted = trustAs === undefined ? {} : { trust: true, name: trustAs };
        const { name } = await store.importFile(resolveFile(file), { ...trusted, signal });
        publisher.now();
        return { name };
      },
      async 'models.use'({ name }) {
        store.locate(name);
        // The setting last: a model that cannot be loaded must not be the next start's.
        await dependencies.loadModel(name);
        await settings.write('captions.model', name);
        publisher.now();
      },
    },
    changed: () => publisher.now(),
    async close() {
      publisher.close();
      await downloads.close();
    },
  };
}

async function viewOf(
  { store, dataFolder, modelInUse }: ModelHandlersDependencies,
  downloads: ModelDownloads,
): Promise<ModelsView> {
  const machine = {
    starterTimesRealTime: await recallStarterSpeed(dataFolder),
    memoryBytes: os.totalmem(),
  };
  const overview = modelOverview(store.folder, await store.list(), store.catalogue, machine);
  const isMeasured = machine.starterTimesRealTime !== null;
  return {
    folder: overview.folder,
    installed: overview.installed,
    // Until the machine has been measured, what suits most.
    available: overview.available.map((model) =>
      isMeasured ? model : { ...model, recommended: model.name === SUGGESTED_MODEL },
    ),
    downloads: downloads.views,
    inUse: modelInUse(),
  };
}

function unknown(name: string): ModelError {
  return new ModelError('model_unknown', `There is no model ${JSON.stringify(name)} to download.`);
}

function inUse(name: string): SurtitleError {
  return new SurtitleError(
    'model_in_use',
    `Captions are made with ${name}. Use another model first, then remove this one.`,
  );
}
