import { describeError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import type { Handlers } from '../../ipc/call.ts';
import type { SharedCalls } from '../../ipc/calls.ts';
import type { AppServer } from '../app-server.ts';

export type ServerHandlers = Pick<
  Handlers<SharedCalls>,
  'server.status' | 'server.tokens' | 'server.rotateToken' | 'server.restart'
>;

/** @param server the program's own. */
export function serverHandlers(server: AppServer, logger: Logger): ServerHandlers {
  return {
    'server.status': () => server.status,
    'server.tokens': () => server.tokens,
    'server.rotateToken': ({ scope }) => server.rotateToken(scope),
    // Not waited for: a page that asks over this server must have its answer before the connection is closed.
    'server.restart': () => {
      setImmediate(() => {
        server.restart().catch((error: unknown) => {
          logger.error('The server could not be started again.', { reason: describeError(error) });
        });
      });
    },
  };
}
