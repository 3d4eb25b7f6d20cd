import { expect, it } from 'vitest';
import type { FileSpeech } from '../../../../src/app/app-server.ts';
import { untilServing } from '../../../../src/app/files/until-serving.ts';
import type { ServerView } from '../../../../src/ipc/views.ts';

const SPEECH = { identity: 'test' } as unknown as FileSpeech;

/** A server as recordings see it, in whatever state a test wants. */
class SeenServer {
  status = { state: 'starting', error: null } as unknown as ServerView;
  #listener: ((view: ServerView) => void) | null = null;

  speech(): FileSpeech {
    return SPEECH;
  }

  onChange(listener: (view: ServerView) => void): void {
    this.#listener = listener;
  }

  is(state: ServerView['state'], error: ServerView['error'] = null): void {
    this.status = { ...this.status, state, error };
    this.#listener?.(this.status);
  }
}

const never = new AbortController().signal;

it('gives the engine as soon as the server runs', async () => {
  const server = new SeenServer();
  const serving = untilServing(server, never);
  server.is('stopped');
  server.is('starting');
  server.is('ready');
  expect(await serving).toBe(SPEECH);
});

it('gives it at once where the server runs', async () => {
  const server = new SeenServer();
  server.is('ready');
  expect(await untilServing(server, never)).toBe(SPEECH);
});

it('says why the server does not run', async () => {
  const server = new SeenServer();
  const serving = untilServing(server, never);
  server.is('failed', { code: 'port_in_use', message: 'Port 8000 is taken.' });
  await expect(serving).rejects.toMatchObject({ code: 'port_in_use', message: 'Port 8000 is taken.' });
});

it('waits no longer than is wanted', async () => {
  const stop = new AbortController();
  const serving = untilServing(new SeenServer(), stop.signal);
  stop.abort(new Error('enough'));
  await expect(serving).rejects.toThrow('enough');
});
