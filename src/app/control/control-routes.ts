import type { Clock } from '../../core/foundation/clock.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import type { HttpRoute } from '../../core/server/http.ts';
import type { UpgradeRoute } from '../../core/server/upgrades.ts';
import { BROWSER_CALLS } from '../../ipc/calls.ts';
import { type CallTable, tableOf } from '../handlers/answer-call.ts';
import type { HandlerTable } from '../handlers/handler-table.ts';
import type { SettingsOwner } from '../settings-owner.ts';
import { serveControl } from './control-connection.ts';
import { PageSession } from './page-session.ts';
import { Uploads } from './uploads.ts';

export interface ControlRoutesOptions {
  /** Asked for at each connection: the server is there before what it serves. */
  readonly table: () => HandlerTable;
  readonly settings: Pick<SettingsOwner, 'values' | 'trusted'>;
  readonly historyFolder: string;
  readonly uploadsFolder: string;
  readonly maxUploadBytes: number;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly logger: Logger;
}

/** What a server answers so that its page can control it. */
export interface ControlRoutes {
  readonly routes: readonly HttpRoute[];
  readonly upgrades: readonly UpgradeRoute[];
  /** Removes uploads that were left behind. Never rejects. */
  sweep(): Promise<void>;
  /** Ends the sessions of pages that are still there. */
  close(): Promise<void>;
}

/** A page behind a dead network is noticed within twice this time. */
const PING_INTERVAL_MS = 20_000;

/** The page's own door: `WS /control` for calls, `POST /control/uploads` for files, both for the full token alone. */
export function createControlRoutes(options: ControlRoutesOptions): ControlRoutes {
  const { table, settings, historyFolder, uploadsFolder, maxUploadBytes, clock, now, logger } = options;
  const uploads = new Uploads({ folder: uploadsFolder, maxFileBytes: maxUploadBytes, clock, logger });
  const sessions = new Set<PageSession>();
  const upgrade: UpgradeRoute = {
    path: '/control',
    scope: 'full',
    pingIntervalMs: PING_INTERVAL_MS,
    accept(connection) {
      const { calls, pushes } = table();
      const session = new PageSession({
        historyFolder,
        settings,
        onHistoryChange: () => pushes.tell('history.changed', null),
        clock,
        now,
        logger,
      });
      sessions.add(session);
      return serveControl(connection, {
        calls: { ...releasing(calls, uploads), ...tableOf(BROWSER_CALLS, session.handlers) },
        pushes,
        context: { resolveFile: (reference) => uploads.resolve(reference) },
        logger,
        onClosed: () => {
          void session.end().finally(() => sessions.delete(session));
        },
      });
    },
  };
  return {
    routes: [
      uploads.route,
      // A page does not see why an upgrade was refused, so it asks here first.
      {
        method: 'GET',
        path: '/control',
        scope: 'full',
        handle: (_request, response) => void response.writeHead(204).end(),
      },
    ],
    upgrades: [upgrade],
    sweep: async () => uploads.sweep(await table().recordings()),
    async close() {
      await Promise.all([...sessions].map((session) => session.end()));
    },
  };
}

/** An uploaded model is copied, or refused: either way the upload has served, but where only the user’s word is missing. */
function releasing(calls: CallTable, uploads: Uploads): CallTable {
  const importing = calls['models.import'];
  if (!importing) return calls;
  return {
    ...calls,
    'models.import': {
      call: importing.call,
      answer: async (request: { readonly file: string }, context) => {
        try {
          const answer = await importing.answer(request as never, context);
          await uploads.release(request.file);
          return answer;
        } catch (error) {
          const isAsking = error instanceof SurtitleError && error.code === 'model_untrusted';
          if (!isAsking) await uploads.release(request.file);
          throw error;
        }
      },
    },
  };
}
