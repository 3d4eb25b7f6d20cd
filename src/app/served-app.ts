import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../core/foundation/clock.ts';
import { describeError } from '../core/foundation/errors.ts';
import type { Logger } from '../core/foundation/logger.ts';
import { AppServer, type AppServerOptions } from './app-server.ts';
import { createControlRoutes } from './control/control-routes.ts';
import { createHandlers, type HandlerTable } from './handlers/handler-table.ts';
import { packageRoot, resourcesFolder } from './installation.ts';
import { createPageHandler } from './page-handler.ts';
import { SettingsOwner } from './settings-owner.ts';

export interface ServedAppOptions
  extends Omit<
    AppServerOptions,
    'model' | 'port' | 'pages' | 'routes' | 'upgrades' | 'uploads' | 'otherPort'
  > {
  /** Given on the command line; without it the setting `captions.model` holds. */
  readonly model: string | undefined;
  readonly port: number;
  readonly maxUploadBytes: number;
  readonly maxUploadDurationMs: number;
  /** Of the built pages. Default: those of this package. */
  readonly pagesFolder?: string;
}

/** A server with the interface in a browser and all that belongs to it. */
export interface ServedApp {
  readonly server: AppServer;
  /** Ends everything. */
  close(): Promise<void>;
}

/**
 * Starts what `surtitle serve` is.
 * @returns when it is ready to serve.
 * @throws {SurtitleError} what {@link AppServer.start} throws, `settings_unreadable`.
 */
export async function startServedApp(options: ServedAppOptions): Promise<ServedApp> {
  const { dataFolder, port, maxUploadBytes, maxUploadDurationMs, pagesFolder, logger, ...others } = options;
  await makeFolder(dataFolder, logger);
  const settings = await SettingsOwner.open({ folder: dataFolder, logger });
  for (const warning of settings.read().warnings) logger.warn(warning);
  const over = new AbortController();
  // What was chosen last holds: a model chosen on the page stays when the server starts again.
  let model = options.model;
  let chosen = settings.values['captions.model'];
  settings.onChange(({ values }) => {
    if (values['captions.model'] === chosen) return;
    chosen = values['captions.model'];
    model = undefined;
  }, over.signal);

  const control = createControlRoutes({
    table: () => table,
    settings,
    historyFolder: path.join(dataFolder, 'history'),
    uploadsFolder: path.join(dataFolder, 'uploads', 'pages'),
    maxUploadBytes,
    clock: systemClock,
    now: () => new Date(),
    logger,
  });
  const server = new AppServer({
    ...others,
    dataFolder,
    model: () => model ?? settings.values['captions.model'],
    port: () => port,
    uploads: { maxFileBytes: maxUploadBytes, maxDurationMs: maxUploadDurationMs },
    pages: createPageHandler({
      folder: pagesFolder ?? path.join(packageRoot, 'out', 'renderer'),
      icon: path.join(resourcesFolder, 'icons', 'linux', '32x32.png'),
      logger,
    }),
    routes: control.routes,
    upgrades: control.upgrades,
    logger,
  });
  const table: HandlerTable = createHandlers({
    shell: 'browser',
    dataFolder,
    settings,
    server,
    logger,
    signal: over.signal,
  });
  const close = async (): Promise<void> => {
    over.abort();
    await control.close();
    await table.close();
    await server.close();
    await settings.close();
  };
  try {
    await server.start();
  } catch (error) {
    await close();
    throw error;
  }
  await control.sweep();
  return { server, close };
}

async function makeFolder(folder: string, logger: Logger): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    // Whoever needs it says so.
    logger.debug('The data folder could not be made.', { reason: describeError(error) });
  }
}
