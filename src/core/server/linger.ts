import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../foundation/clock.ts';

/** What a client still has on its way when it is refused, it has sent within this time. */
const LINGER_MS = 2_000;

/** Whether the client sends a body without having asked first. */
export function isBodyComing({ headers }: IncomingMessage): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return hasBody && headers.expect === undefined;
}

/**
 * Sends the answer to a request whose body may not have been read. Closing at once would make the system reset the
 * connection, and many clients then report that instead of the answer. So the answer goes out whole, what still comes
 * is thrown away for a moment, and then the connection is closed.
 *
 * @param response with its status and headers set; not yet sent.
 */
export function endBeforeBody(
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
  clock: Clock,
): void {
  if (request.complete) {
    response.end(body);
    return;
  }
  response.setHeader('Connection', 'close');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.write(body);
  const timer = clock.setTimer(LINGER_MS, () => response.end());
  response.once('close', () => timer.cancel());
  request.once('end', () => response.end());
  request.resume();
}
