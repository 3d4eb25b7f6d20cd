import path from 'node:path';
import { inspectModelFile } from '../../core/engine/model-file.ts';
import { systemClock } from '../../core/foundation/clock.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import { ModelStore } from '../../core/models/store.ts';
import { SHARED_CALLS, type SharedCalls } from '../../ipc/calls.ts';
import type { AppInfo } from '../../ipc/views.ts';
import type { AppServer } from '../app-server.ts';
import { createFileHandlers } from '../files/file-handlers.ts';
import { untilServing } from '../files/until-serving.ts';
import { createHistoryHandlers } from '../history/history-handlers.ts';
import { bundledModel, modelsFolder } from '../model-places.ts';
import { createModelHandlers } from '../models/model-handlers.ts';
import type { SettingsOwner } from '../settings-owner.ts';
import { type CallTable, tableOf } from './answer-call.ts';
import { diagnosticsHandlers } from './diagnostics-handlers.ts';
import { infoHandlers } from './info-handlers.ts';
import { PushFan } from './push-fan.ts';
import { serverHandlers } from './server-handlers.ts';
import { settingsHandlers } from './settings-handlers.ts';

/** What the handlers work with. */
export interface HandlerDependencies {
  readonly shell: AppInfo['shell'];
  readonly dataFolder: string;
  readonly settings: SettingsOwner;
  readonly server: AppServer;
  readonly logger: Logger;
  /** Fires when the program ends. */
  readonly signal: AbortSignal;
}

/** What every interface can ask for, and what it is told without asking. */
export interface HandlerTable {
  readonly calls: CallTable;
  readonly pushes: PushFan;
  /** Paths of the recordings that are on the list of those to be transcribed. Never rejects. */
  recordings(): Promise<readonly string[]>;
  /** Ends what goes on in the background: downloads, transcriptions, deletions. */
  close(): Promise<void>;
}

/** Builds the one table that answers the desktop app's windows and the pages in a browser. */
export function createHandlers(dependencies: HandlerDependencies): HandlerTable {
  const { shell, dataFolder, settings, server, logger, signal } = dependencies;
  const pushes = new PushFan();
  settings.onChange((view) => pushes.tell('settings.changed', view), signal);
  server.onChange((view) => pushes.tell('server.changed', view), signal);
  const models = createModelHandlers({
    store: new ModelStore({
      folder: modelsFolder(dataFolder),
      bundled: bundledModel,
      clock: systemClock,
      logger,
      inspect: inspectModelFile,
    }),
    dataFolder,
    settings,
    modelInUse: () => server.status.model,
    loadModel: (name) => server.switchModel(name),
    onChange: (view) => pushes.tell('models.changed', view),
    clock: systemClock,
    logger,
  });
  let inUse = server.status.model;
  server.onChange(({ model }) => {
    if (model === inUse) return;
    inUse = model;
    models.changed();
  }, signal);
  const historyChanged = (): void => pushes.tell('history.changed', null);
  const historyFolder = path.join(dataFolder, 'history');
  const history = createHistoryHandlers({
    folder: historyFolder,
    settings,
    onChange: historyChanged,
    clock: systemClock,
    now: () => new Date(),
    logger,
  });
  const files = createFileHandlers({
    folder: path.join(dataFolder, 'files'),
    historyFolder,
    settings,
    speech: (stop) => untilServing(server, stop),
    onChange: (jobs) => pushes.tell('files.changed', jobs),
    onHistoryChange: historyChanged,
    clock: systemClock,
    now: () => new Date(),
    logger,
  });
  const handlers = {
    ...infoHandlers(shell, dataFolder),
    ...settingsHandlers(settings),
    ...serverHandlers(server, logger),
    ...diagnosticsHandlers(server, dataFolder),
    ...models.handlers,
    ...history.handlers,
    ...files.handlers,
  };
  return {
    calls: tableOf(pick(SHARED_CALLS, handlers), handlers),
    pushes,
    recordings: () => files.recordings(),
    async close() {
      await Promise.all([models.close(), history.close(), files.close()]);
    },
  };
}

/** The calls that have a handler. */
function pick<Answered extends Partial<Record<keyof SharedCalls, unknown>>>(
  calls: SharedCalls,
  handlers: Answered,
): Pick<SharedCalls, keyof Answered & keyof SharedCalls> {
  return Object.fromEntries(Object.entries(calls).filter(([name]) => name in handlers)) as never;
}
