import { SurtitleError } from '../../core/foundation/errors.ts';
import type { AppServer, FileSpeech } from '../app-server.ts';

/**
 * The server's engine as recordings use it, as soon as the server runs.
 * @throws {SurtitleError} why the server does not run, where it failed; the signal's reason.
 */
export function untilServing(
  server: Pick<AppServer, 'status' | 'speech' | 'onChange'>,
  stop: AbortSignal,
): Promise<FileSpeech> {
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const settle = (how: () => void): void => {
      settled.abort();
      how();
    };
    const look = (): void => {
      const { state, error } = server.status;
      if (stop.aborted) settle(() => reject(stop.reason));
      else if (state === 'ready') {
        settle(() => {
          try {
            resolve(server.speech());
          } catch (cause) {
            reject(cause);
          }
        });
      } else if (state === 'failed') {
        settle(() => reject(new SurtitleError(error?.code ?? 'server_not_running', error?.message ?? '')));
      }
    };
    server.onChange(look, settled.signal);
    stop.addEventListener('abort', look, { once: true, signal: settled.signal });
    look();
  });
}
