import { WebSocket } from 'ws';
import { MAX_MESSAGE_BYTES } from '../protocol/limits.ts';
import { SUBPROTOCOL } from '../protocol/version.ts';
import type { Connect } from './client-socket.ts';

/** Connects from Node: the token travels in a header, and a refused upgrade shows its HTTP status. */
export const connectFromNode: Connect = ({ url, token }, handler) => {
  const socket = new WebSocket(url, [SUBPROTOCOL], {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  let over = false;
  let cause: unknown;
  socket.on('open', () => {
    if (!over) handler.opened();
  });
  socket.on('message', (data: Buffer, isBinary) => {
    if (!over) handler.message(isBinary ? data : data.toString('utf8'));
  });
  socket.on('unexpected-response', (request, response) => {
    request.destroy();
    if (over) return;
    over = true;
    handler.refused(response.statusCode ?? 0);
  });
  // `close` follows; an unhandled `error` would end the process.
  socket.on('error', (error) => {
    cause = error;
  });
  socket.on('close', (code, reason) => {
    if (over) return;
    over = true;
    handler.closed(code, reason.toString('utf8'), cause);
  });
  return {
    send: (data) => socket.send(data),
    close(code, reason) {
      over = true;
      socket.close(code, reason);
    },
    drop() {
      over = true;
      socket.terminate();
    },
  };
};
