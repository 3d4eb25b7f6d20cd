import type { Readable } from 'node:stream';

/** Read ahead of whoever takes the chunks. */
const MOST_WAITING_BYTES = 256 * 1024;

/**
 * The chunks of a body, the last ones before a broken connection too: a stream that fails drops what it has
 * buffered, and where every connection breaks soon that may be all there is.
 *
 * Reading begins at once. The iteration throws what the stream fails with.
 */
export function bodyChunks(body: Readable): AsyncIterable<Uint8Array> {
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let ended = false;
  let failure: { readonly error: unknown } | null = null;
  let wake: () => void = () => undefined;
  body.on('data', (chunk: Uint8Array) => {
    waiting.push(chunk);
    waitingBytes += chunk.length;
    if (waitingBytes >= MOST_WAITING_BYTES) body.pause();
    wake();
  });
  body.on('end', () => {
    ended = true;
    wake();
  });
  body.on('error', (error) => {
    failure ??= { error };
    wake();
  });
  body.on('close', () => {
    if (!ended) failure ??= { error: new Error('The answer was closed.') };
    wake();
  });
  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        for (let chunk = waiting.shift(); chunk; chunk = waiting.shift()) {
          waitingBytes -= chunk.length;
          yield chunk;
        }
        if (failure) throw failure.error;
        if (ended) return;
        body.resume();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
