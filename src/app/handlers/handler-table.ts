import type { Logger } from '../../core/foundation/logger.ts';
import { SHARED_CALLS, type SharedCalls } from '../../ipc/calls.ts';
import type { AppInfo } from '../../ipc/views.ts';
import type { AppServer } from '../app-server.ts';
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
}

/** Builds the one table that answers the desktop app's windows and the pages in a browser. */
export function createHandlers(dependencies: HandlerDependencies): HandlerTable {
  const { shell, dataFolder, settings, server, logger, signal } = dependencies;
  const pushes = new PushFan();
  settings.onChange((view) => pushes.tell('settings.changed', view), signal);
  server.onChange((view) => pushes.tell('server.changed', view), signal);
  const handlers = {
    ...infoHandlers(shell, dataFolder),
    ...settingsHandlers(settings),
    ...serverHandlers(server, logger),
    ...diagnosticsHandlers(server, dataFolder),
  };
  return { calls: tableOf(pick(SHARED_CALLS, handlers), handlers), pushes };
}

/** The calls that have a handler. */
function pick<Answered extends Partial<Record<keyof SharedCalls, unknown>>>(
  calls: SharedCalls,
  handlers: Answered,
): Pick<SharedCalls, keyof Answered & keyof SharedCalls> {
  return Object.fromEntries(Object.entries(calls).filter(([name]) => name in handlers)) as never;
}
