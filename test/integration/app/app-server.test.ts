import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppServer, type AppServerOptions } from '../../../src/app/app-server.ts';
import { bundledModel } from '../../../src/app/model-places.ts';
import { connectFromNode } from '../../../src/core/client/node-socket.ts';
import { createStreamingClient, type StreamingClient } from '../../../src/core/client/streaming-client.ts';
import { forkEngineProcess } from '../../../src/core/engine/host/child-process.ts';
import type { EngineProcess } from '../../../src/core/engine/host/process.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import type { ServerView } from '../../../src/ipc/views.ts';

let folder: string;
let server: AppServer;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'surtitle-app-server-'));
  server = make();
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function make(options: Partial<AppServerOptions> = {}): AppServer {
  return new AppServer({
    dataFolder: folder,
    model: () => 'starter.en',
    port: () => 0,
    logger: silentLogger,
    ...options,
  });
}

function connect(): StreamingClient {
  return createStreamingClient({
    url: server.streamUrl ?? '',
    token: server.tokens.full,
    connect: connectFromNode,
    config: { publish: true },
  });
}

/** Resolves with the first status told that is as wanted. */
function told(wanted: (view: ServerView) => boolean): Promise<ServerView> {
  return new Promise((resolve) => {
    const done = new AbortController();
    server.onChange((view) => {
      if (!wanted(view)) return;
      done.abort();
      resolve(view);
    }, done.signal);
  });
}

describe('the server of the app', () => {
  it('tells where it is and which model it has', async () => {
    expect(server.status).toMatchObject({ state: 'stopped', url: null });
    await server.start();
    expect(server.status).toMatchObject({
      state: 'ready',
      error: null,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/u),
      wantedPort: null,
      model: 'starter.en',
      remote: false,
      clients: [],
      viewers: 0,
      engineRestarts: 0,
    });
    expect((await fetch(`${server.status.url}/ready`)).status).toBe(200);
  });

  it('tells of clients that come and go', async () => {
    await server.start();
    const came = told(({ clients }) => clients.length === 1);
    const client = connect();
    client.pushFrame(new Uint8Array(3_200));
    expect((await came).clients).toEqual([
      {
        id: expect.any(String),
        since: expect.stringMatching(/^20.*Z$/u),
        audioMs: expect.any(Number),
        connected: true,
        published: true,
      },
    ]);
    const went = told(({ clients }) => clients.length === 0);
    await client.close();
    await went;
  });

  it('takes a free port where the wanted one is taken, and says so', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as { port: number };
    server = make({ port: () => port, otherPort: true });
    await server.start();
    blocker.close();
    expect(server.status).toMatchObject({ state: 'ready', wantedPort: port });
    expect(server.status.url).not.toContain(`:${port}`);
  });

  it('fails where the wanted port is taken and no other will do', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as { port: number };
    server = make({ port: () => port });
    await expect(server.start()).rejects.toMatchObject({ code: 'port_in_use' });
    blocker.close();
    expect(server.status).toMatchObject({ state: 'failed', error: { code: 'port_in_use' } });
  });

  it('says why it failed where the model is gone, and starts with another', async () => {
    server = make({ model: () => 'base.en' });
    await expect(server.start()).rejects.toMatchObject({ code: 'model_not_found' });
    expect(server.status).toMatchObject({
      state: 'failed',
      model: 'base.en',
      error: { code: 'model_not_found' },
    });
    await server.switchModel('starter.en');
    expect(server.status).toMatchObject({ state: 'ready', model: 'starter.en', error: null });
  });

  it('goes on with another model on the same port, and clients come back by themselves', async () => {
    await server.start();
    const { url } = server.status;
    const client = connect();
    client.pushFrame(new Uint8Array(3_200));
    const states: string[] = [];
    for await (const event of client) {
      if (event.type !== 'connection') continue;
      states.push(event.state);
      if (event.state === 'open') await server.switchModel(bundledModel);
      if (event.state === 'restarted') void client.close();
    }
    expect(states).toEqual(['connecting', 'open', 'lost', 'connecting', 'restarted', 'closed']);
    expect(server.status.url).toBe(url);
  });

  it('keeps its model where another cannot be loaded', async () => {
    await server.start();
    const broken = path.join(folder, 'broken.bin');
    writeFileSync(broken, 'no model');
    await expect(server.switchModel(broken)).rejects.toMatchObject({ code: 'model_invalid' });
    await expect(server.switchModel('base.en')).rejects.toMatchObject({ code: 'model_not_found' });
    expect(server.status).toMatchObject({ state: 'ready', model: 'starter.en' });
  });

  it('tells those who transcribe files that their model is gone', async () => {
    await server.start();
    const { gone, identity } = server.speech();
    expect(identity).toMatch(/ silero$/u);
    await server.switchModel(bundledModel);
    expect(gone.aborted).toBe(true);
    expect(server.speech().gone.aborted).toBe(false);
  });

  it('forgets no restart of its engine while another model takes its place', async () => {
    let latest: EngineProcess | null = null;
    server = make({
      startProcess: (options) => {
        latest = forkEngineProcess(options);
        return latest;
      },
    });
    await server.start();
    const restarted = told(({ engineRestarts }) => engineRestarts === 1);
    (latest as EngineProcess | null)?.kill();
    await restarted;
    const counts: number[] = [];
    server.speech().gone.addEventListener('abort', () => counts.push(server.status.engineRestarts));
    await server.switchModel(bundledModel);
    expect([...counts, server.status.engineRestarts]).toEqual([1, 1]);
  });

  it('keeps its tokens when it starts again, and refuses one that was replaced', async () => {
    await server.start();
    const { full } = server.tokens;
    await server.restart();
    expect(server.tokens.full).toBe(full);
    const rotated = await server.rotateToken('full');
    const ask = async (token: string): Promise<number> =>
      (await fetch(`${server.status.url}/v1/models`, { headers: { authorization: `Bearer ${token}` } }))
        .status;
    expect([await ask(full), await ask(rotated.full)]).toEqual([401, 200]);
  });
});
