import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SurtitleServer } from '../../../src/core/server/server.ts';
import {
  FULL_TOKEN,
  rawRequest,
  SocketClient,
  spoken,
  startTestServer,
  streamWords,
  upgradeRequest,
  VIEWER_TOKEN,
  within,
} from './harness.ts';

let server: SurtitleServer;

beforeEach(async () => {
  server = await startTestServer({ allowOrigin: ['https://captions.example.org'] });
});

afterEach(() => server.close({ graceful: false }));

const bearer = (token = FULL_TOKEN) => ({ Authorization: `Bearer ${token}` });

async function get(path: string, init: RequestInit = {}) {
  const response = await fetch(`${server.url}${path}`, init);
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
}

describe('a stream over a real socket', () => {
  it('goes from audio to finals and closes with 1000', async () => {
    expect(await streamWords(server)).toBe('morning river garden.');
  });

  it('resumes after its connection was cut', async () => {
    const lost = new SocketClient(`${server.url}/ws?session=cut`);
    const { resume_token } = await lost.begin();
    lost.send(spoken('morning river garden'));
    await lost.message('final');
    lost.socket.terminate();
    await lost.closed;
    const client = new SocketClient(`${server.url}/ws?session=cut`);
    const ready = await client.begin({ resume: { resume_token, last_seq: 0 } });
    expect(ready).toMatchObject({ resumed: true, next_sample: 48_000 });
    expect(await client.message('final')).toMatchObject({ text: 'morning river garden.' });
  });

  it('selects surtitle.v1 where it was offered, and never the token', async () => {
    const offering = async (...protocols: string[]) => {
      const client = new SocketClient(`${server.url}/ws`, { token: null, protocols });
      await client.opened;
      client.socket.terminate();
      return client.socket.protocol;
    };
    expect(await offering('surtitle.v1', `auth.${FULL_TOKEN}`)).toBe('surtitle.v1');
    const alone = await rawRequest(
      server,
      upgradeRequest(server, {
        Authorization: null,
        'Sec-WebSocket-Protocol': `auth.${FULL_TOKEN}`,
        Connection: 'Upgrade, close',
      }).concat(
        // A masked close frame, so that the connection ends.
        '\x88\x80\0\0\0\0',
      ),
    );
    expect(alone).toMatch(/^HTTP\/1\.1 101/u);
    expect(alone).not.toMatch(/sec-websocket-protocol/iu);
  });

  it('tells its clients when it goes down, and cuts off those who do not answer', async () => {
    const client = new SocketClient(`${server.url}/ws`);
    await client.begin();
    const deaf = new SocketClient(`${server.url}/ws`);
    await deaf.begin();
    deaf.socket.pause();
    await within(server.close(), 'the server to close');
    expect(await client.message('error')).toMatchObject({ code: 'server_shutdown', retryable: true });
    expect((await client.closed).code).toBe(1001);
    await expect(fetch(`${server.url}/health`)).rejects.toThrow();
    deaf.socket.terminate();
  });
});

describe('the captions for viewers', () => {
  it('take the viewer’s token and show the published stream', async () => {
    const viewer = new SocketClient(`${server.url}/captions`, { token: VIEWER_TOKEN });
    await viewer.message('snapshot');
    const client = new SocketClient(`${server.url}/ws`);
    await client.begin({ publish: true });
    client.send(spoken('morning river garden'));
    expect(await viewer.message('final')).toMatchObject({ text: 'morning river garden.' });
  });

  it('do not let a viewer stream', async () => {
    const answer = await rawRequest(
      server,
      upgradeRequest(server, { Authorization: `Bearer ${VIEWER_TOKEN}` }),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 403 /u);
  });
});

describe('an upgrade', () => {
  it.each([
    ['a foreign Host', { Host: 'evil.example' }, 421],
    ['a foreign Origin', { Origin: 'https://evil.example' }, 403],
    ['an opaque Origin', { Origin: 'null' }, 403],
    ['no token', { Authorization: null }, 401],
    ['a wrong token', { Authorization: 'Bearer wrong' }, 401],
    ['a wrong subprotocol token', { Authorization: null, 'Sec-WebSocket-Protocol': 'auth.wrong' }, 401],
  ])('is refused to %s, and a session beside it goes on', async (_who, headers, status) => {
    const [answer, heard] = await Promise.all([
      rawRequest(server, upgradeRequest(server, headers)),
      streamWords(server),
    ]);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `, 'u'));
    expect(JSON.parse(answer.split('\r\n\r\n')[1] as string)).toEqual({
      error: { code: expect.any(String), message: expect.stringMatching(/\.$/u) },
    });
    expect(answer).not.toContain(FULL_TOKEN);
    expect(heard).toBe('morning river garden.');
  });

  it.each([
    ['another path', '/wss', 404],
    ['a session id with a path in it', '/ws?session=../../x', 400],
    ['a session id that is too long', `/ws?session=${'a'.repeat(129)}`, 400],
  ])('is refused for %s', async (_what, path, status) => {
    expect(await rawRequest(server, upgradeRequest(server, {}, path))).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} `, 'u'),
    );
  });

  it('is let in with an Origin that was allowed, or our own', async () => {
    for (const origin of ['https://captions.example.org', server.url]) {
      const client = new SocketClient(`${server.url}/ws`, { headers: { Origin: origin } });
      await client.begin();
      client.socket.terminate();
    }
  });

  it('takes the token from the URL as a last resort', async () => {
    const client = new SocketClient(`${server.url}/ws?token=${FULL_TOKEN}`, { token: null });
    await client.begin();
    client.socket.terminate();
  });

  it('never writes a token or a query to the log', async () => {
    const lines: string[] = [];
    const log = (message: string, fields?: object) => lines.push(`${message} ${JSON.stringify(fields)}`);
    const logging = await startTestServer({ logger: { debug: log, info: log, warn: log, error: log } });
    await rawRequest(logging, upgradeRequest(logging, { Authorization: null }, '/ws?token=leaked&session=x'));
    await rawRequest(logging, upgradeRequest(logging, { Authorization: 'Bearer leaked' }));
    await streamWords(logging);
    await logging.close({ graceful: false });
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join('\n')).not.toMatch(/leaked|full-token|morning/u);
  });
});

describe('over HTTP', () => {
  it('is alive and ready without a token, and says no more than that', async () => {
    expect(await get('/health')).toMatchObject({ status: 200, body: { status: 'ok', version: '1.2.3' } });
    expect(await get('/ready')).toMatchObject({ status: 200, body: { status: 'ready', version: '1.2.3' } });
  });

  it('is not ready while the model loads, nor when it could not be loaded', async () => {
    let fail: ((error: Error) => void) | undefined;
    const loading = await startTestServer({
      engine: new Promise((_resolve, reject) => {
        fail = reject;
      }),
    });
    const ready = async () => {
      const response = await fetch(`${loading.url}/ready`);
      return [response.status, await response.json()];
    };
    expect(await ready()).toEqual([503, { status: 'loading', version: '1.2.3' }]);
    fail?.(new Error('no model'));
    await Promise.resolve();
    expect(await ready()).toEqual([503, { status: 'failed', version: '1.2.3' }]);
    await loading.close({ graceful: false });
  });

  it('is not ready when the engine gave up', async () => {
    const broken = await startTestServer({ isEngineUsable: () => false });
    expect((await fetch(`${broken.url}/ready`)).status).toBe(503);
    await broken.close({ graceful: false });
  });

  it('says whether a token is good', async () => {
    expect((await get('/auth')).status).toBe(401);
    expect((await get('/auth', { headers: bearer('wrong') })).status).toBe(401);
    expect((await get('/auth', { headers: bearer() })).status).toBe(204);
    expect((await get('/auth', { headers: bearer(VIEWER_TOKEN) })).status).toBe(204);
  });

  it('lists the model by its name', async () => {
    expect((await get('/v1/models', { headers: bearer() })).body).toEqual({
      object: 'list',
      data: [{ id: 'scripted', object: 'model', created: 0, owned_by: 'surtitle', multilingual: false }],
    });
  });

  it('has metrics, for the full token', async () => {
    expect((await get('/metrics')).status).toBe(401);
    expect((await get('/metrics', { headers: bearer(VIEWER_TOKEN) })).status).toBe(403);
    await streamWords(server);
    await rawRequest(server, upgradeRequest(server, { Authorization: null }));
    const { body } = await get('/metrics', { headers: bearer() });
    for (const line of [
      /^surtitle_sessions\{state="active"\} 0$/mu,
      /^surtitle_audio_seconds_total 3$/mu,
      /^surtitle_decodes_total\{priority="final",outcome="done"\} [1-9]/mu,
      /^surtitle_final_latency_seconds_count 1$/mu,
      /^surtitle_rejected_upgrades_total\{reason="token"\} 1$/mu,
      /^surtitle_engine_ready 1$/mu,
    ]) {
      expect(body).toMatch(line);
    }
  });

  it('answers errors as JSON that says what to do', async () => {
    const shape = { error: { code: expect.any(String), message: expect.any(String) } };
    expect(await get('/nothing', { headers: bearer() })).toMatchObject({ status: 404, body: shape });
    expect(await get('/nothing')).toMatchObject({ status: 401, body: shape });
    const wrongMethod = await get('/health', { method: 'POST', body: 'x' });
    expect(wrongMethod).toMatchObject({ status: 405, body: shape });
    expect(wrongMethod.headers.get('allow')).toBe('GET');
  });

  it('refuses foreign hosts and pages before anything else', async () => {
    const ask = (headers: string) =>
      rawRequest(server, `GET /health HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`);
    expect(await ask('Host: evil.example')).toMatch(/^HTTP\/1\.1 421 /u);
    const page = await ask(`Host: 127.0.0.1:${server.address.port}\r\nOrigin: http://evil.example`);
    expect(page).toMatch(/^HTTP\/1\.1 403 /u);
    expect(page).not.toMatch(/access-control/iu);
  });

  it('lets pages of an allowed origin in, and answers their preflight', async () => {
    const origin = 'https://captions.example.org';
    const preflight = await get('/v1/models', { method: 'OPTIONS', headers: { Origin: origin } });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    const models = await get('/v1/models', { headers: { ...bearer(), Origin: origin } });
    expect([models.status, models.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
  });

  it('lets a page handler answer what no route does, without a token', async () => {
    const withPage = await startTestServer({
      pages: (request, response) => {
        if (request.url !== '/') return false;
        response.end('<!doctype html>');
        return true;
      },
    });
    expect(await (await fetch(`${withPage.url}/`)).text()).toBe('<!doctype html>');
    expect((await fetch(`${withPage.url}/other`)).status).toBe(401);
    const foreign = await rawRequest(
      withPage,
      'GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(foreign).toMatch(/^HTTP\/1\.1 421 /u);
    await withPage.close({ graceful: false });
  });
});

describe('a server that cannot start', () => {
  it('says that its port is in use and what to do', async () => {
    await expect(startTestServer({ port: server.address.port })).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining('--port'),
    });
  });

  it('does not listen for other machines unless told to', async () => {
    await expect(startTestServer({ host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'remote_address_refused',
    });
    const remote = await startTestServer({ host: '0.0.0.0', allowRemote: true });
    await remote.close({ graceful: false });
  });

  it('says that an address is not of this machine', async () => {
    await expect(startTestServer({ host: '192.0.2.1', allowRemote: true })).rejects.toMatchObject({
      code: 'address_unavailable',
    });
  });

  it('says that its token file cannot be written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'surtitle-server-'));
    await writeFile(join(folder, 'file'), '');
    await expect(startTestServer({ tokens: { home: join(folder, 'file') } })).rejects.toMatchObject({
      code: 'token_file_unwritable',
    });
    await rm(folder, { recursive: true });
  });
});

it('makes its tokens at first start', async () => {
  const home = await mkdtemp(join(tmpdir(), 'surtitle-server-'));
  const own = await startTestServer({ tokens: { home } });
  const response = await fetch(`${own.url}/auth`, { headers: bearer(own.tokens.tokens.full) });
  expect(response.status).toBe(204);
  await own.close({ graceful: false });
  await rm(home, { recursive: true });
});
