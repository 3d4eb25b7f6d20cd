import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type ServedApp, startServedApp } from '../../../src/app/served-app.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import { openHistory } from '../../../src/core/transcript/history.ts';
import type { AnswerEnvelope } from '../../../src/ipc/envelope.ts';

let home: string;
let app: ServedApp;
let origin: string;

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'surtitle-control-'));
  app = await startServedApp({
    dataFolder: home,
    model: undefined,
    port: 0,
    maxUploadBytes: 1_000_000,
    maxUploadDurationMs: 60_000,
    pagesFolder: path.join(home, 'pages'),
    logger: silentLogger,
  });
  origin = app.server.status.url ?? '';
});

afterAll(async () => {
  await app.close();
  rmSync(home, { recursive: true, force: true });
});

const FINAL = {
  segment_id: 1,
  text: 'Good morning.',
  language: 'en',
  start_ms: 100,
  end_ms: 900,
  confidence: 0.9,
};

/** A page's connection, as the page uses it. */
class Door {
  readonly #socket: WebSocket;
  readonly #answers: AnswerEnvelope[] = [];
  #wake: () => void = () => undefined;
  #nextId = 1;
  /** Code of the close. */
  readonly closed: Promise<number>;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (text) => {
      this.#answers.push(JSON.parse(text.toString()) as AnswerEnvelope);
      this.#wake();
    });
    this.closed = new Promise((resolve) => socket.on('close', resolve));
  }

  /** Resolves with the connection, or with the status it was refused with. */
  static open(token: string, headers: Readonly<Record<string, string>> = {}): Promise<Door | number> {
    return new Promise((resolve) => {
      const socket = new WebSocket(
        `${origin.replace('http', 'ws')}/control`,
        ['surtitle.v1', `auth.${token}`],
        {
          headers: { ...headers },
        },
      );
      socket.on('error', () => undefined);
      socket.on('unexpected-response', (_request, response) => {
        response.destroy();
        resolve(response.statusCode ?? 0);
      });
      socket.on('open', () => resolve(new Door(socket)));
    });
  }

  send(message: string | Buffer): void {
    this.#socket.send(message);
  }

  async ask(name: string, request?: unknown): Promise<AnswerEnvelope> {
    const id = this.#nextId++;
    this.send(JSON.stringify({ type: 'call', id, name, request }));
    return this.next((answer) => answer.type !== 'push' && answer.id === id);
  }

  /** The first message that fits, of those that came and those that come. */
  async next(fits: (answer: AnswerEnvelope) => boolean): Promise<AnswerEnvelope> {
    for (;;) {
      const found = this.#answers.find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async end(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}

async function door(): Promise<Door> {
  const opened = await Door.open(app.server.tokens.full);
  if (typeof opened === 'number') throw new Error(`refused with ${opened}`);
  return opened;
}

describe('WS /control', () => {
  it('answers a page what the desktop app answers its windows', async () => {
    const page = await door();
    expect(await page.ask('app.info')).toMatchObject({ type: 'answer', value: { shell: 'browser' } });
    expect(await page.ask('server.status')).toMatchObject({ value: { state: 'ready', url: origin } });
    expect(await page.ask('settings.write', { key: 'appearance.lines', value: 9 })).toMatchObject({
      type: 'failure',
      error: { code: 'setting_invalid' },
    });
    await page.end();
  });

  it('tells every page what another one changed', async () => {
    const [one, other] = [await door(), await door()];
    await one.ask('settings.write', { key: 'appearance.fontSize', value: 40 });
    expect(
      await other.next((message) => message.type === 'push' && message.name === 'settings.changed'),
    ).toMatchObject({
      name: 'settings.changed',
      payload: { values: { 'appearance.fontSize': 40 } },
    });
    await Promise.all([one.end(), other.end()]);
  });

  it('is closed to whoever has no token, a wrong one, or that of a viewer', async () => {
    const { viewer } = app.server.tokens;
    expect([await Door.open('wrong'), await Door.open(viewer)]).toEqual([401, 403]);
  });

  it('is closed to pages of other origins, and under other names, whatever their token', async () => {
    const { full } = app.server.tokens;
    expect(await Door.open(full, { origin: 'https://evil.example' })).toBe(403);
    expect(await Door.open(full, { host: 'evil.example' })).toBe(421);
  });

  it.each([
    ['no JSON', 'hello', 1007],
    ['no call', '{"type":"answer","id":1}', 1007],
    ['a call without a name', '{"type":"call","id":1}', 1007],
    ['bytes', Buffer.from([1, 2, 3]), 1007],
    [
      'a very deep message',
      `{"type":"call","id":1,"name":"x","request":${'['.repeat(50)}${']'.repeat(50)}}`,
      1007,
    ],
    ['too much', 'x'.repeat(1_100_000), 1009],
  ])('shows the door to who sends %s', async (_what, message, code) => {
    const page = await door();
    page.send(message);
    expect(await page.closed).toBe(code);
  });

  it('knows only what is in the table', async () => {
    const page = await door();
    for (const name of ['captions.start', 'shell.openFolder', '__proto__', 'constructor']) {
      expect(await page.ask(name)).toMatchObject({ type: 'failure', error: { code: 'unknown_call' } });
    }
    await page.end();
  });

  it('reads no file of the machine for a page', async () => {
    const page = await door();
    for (const file of ['/etc/passwd', '../token', 'upload:../../token', `upload:${'0'.repeat(36)}`]) {
      expect(await page.ask('files.add', { files: [file] })).toMatchObject({
        error: { code: 'file_unknown' },
      });
      expect(await page.ask('models.import', { file })).toMatchObject({ error: { code: 'file_unknown' } });
    }
    await page.end();
  });

  it('lets pages go with a word when the server starts again, and does not wait for them', async () => {
    const page = await door();
    expect(await page.ask('server.restart')).toMatchObject({ type: 'answer' });
    expect(await page.closed).toBe(1001);
    await app.server.start();
    expect(app.server.status).toMatchObject({ state: 'ready', url: origin });
  });

  it('limits what one page asks at once', async () => {
    const page = await door();
    for (let id = 1000; id < 1200; id++) {
      page.send(JSON.stringify({ type: 'call', id, name: 'history.list' }));
    }
    expect(await page.next((answer) => answer.type === 'failure')).toMatchObject({
      error: { code: 'too_many_calls' },
    });
    await page.end();
  });

  it('keeps what a page was captioned before it answers, and ends the session with the connection', async () => {
    const page = await door();
    const begin = { source: 'Microphone', model: 'starter.en', language: 'auto' };
    expect(await page.ask('session.begin', begin)).toMatchObject({ value: { keeping: true } });
    expect(await page.ask('session.final', FINAL)).toMatchObject({ type: 'answer' });
    const folder = path.join(home, 'history');
    const [file] = readdirSync(folder);
    expect(readFileSync(path.join(folder, file ?? ''), 'utf8')).toContain(FINAL.text);
    await page.end();
    const history = openHistory({ folder, now: () => new Date(), logger: silentLogger });
    await expect
      .poll(async () => (await history.list()).map(({ title, state, source }) => ({ title, state, source })))
      .toEqual([{ title: FINAL.text, state: 'ended', source: 'Microphone' }]);
  });

  it('keeps nothing where the user wants no history', async () => {
    const page = await door();
    await page.ask('settings.write', { key: 'history.enabled', value: false });
    const begin = { source: 'Microphone', model: 'starter.en', language: 'auto' };
    expect(await page.ask('session.begin', begin)).toMatchObject({ value: { keeping: false } });
    expect(await page.ask('session.final', FINAL)).toMatchObject({ error: { code: 'session_missing' } });
    await page.ask('settings.reset', { key: 'history.enabled' });
    await page.end();
  });
});

describe('uploads', () => {
  const upload = (body: string | Uint8Array, { name = 'talk.wav', token = app.server.tokens.full } = {}) =>
    fetch(`${origin}/control/uploads?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body,
    });
  const stored = (): string[] =>
    existsSync(path.join(home, 'uploads', 'pages'))
      ? readdirSync(path.join(home, 'uploads', 'pages'), { recursive: true }).map(String)
      : [];

  it.each([
    ['../../token', 'token'],
    ['C:\\Windows\\talk.mp3', 'talk.mp3'],
    ['.bashrc', 'bashrc'],
    ['a\u0000b?.wav', 'a_b_.wav'],
    ['', 'recording'],
    [`${'ä'.repeat(300)}.mp3`, `${'ä'.repeat(98)}.mp3`],
  ])('of %j lie in a folder of their own as %j', async (name, expected) => {
    const response = await upload('audio', { name });
    expect(response.status).toBe(201);
    const { reference } = (await response.json()) as { reference: string };
    expect(stored()).toContain(path.join(reference.replace('upload:', ''), expected));
  });

  it('are refused to viewers and strangers before their body is read', async () => {
    expect((await upload('audio', { token: app.server.tokens.viewer })).status).toBe(403);
    expect((await upload('audio', { token: 'wrong' })).status).toBe(401);
  });

  it('are refused where they are too large, told or not, and leave nothing behind', async () => {
    const before = stored();
    const announced = await upload(new Uint8Array(1_000_001));
    expect(announced.status).toBe(413);
    expect(await announced.json()).toMatchObject({ error: { code: 'file_too_large' } });
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (let sent = 0; sent < 30; sent++) yield new Uint8Array(50_000);
    }
    const unannounced = await fetch(`${origin}/control/uploads?name=x.wav`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app.server.tokens.full}` },
      body: chunks() as never,
      duplex: 'half',
    } as RequestInit);
    expect(unannounced.status).toBe(413);
    expect(stored()).toEqual(before);
  });

  it('of a model are kept while the user is asked about it, and gone once it was taken or refused', async () => {
    const { reference } = (await (await upload('no model', { name: 'm.bin' })).json()) as {
      reference: string;
    };
    const id = reference.replace('upload:', '');
    const page = await door();
    expect(await page.ask('models.import', { file: reference })).toMatchObject({
      error: { code: 'model_untrusted' },
    });
    expect(stored()).toContain(id);
    expect(await page.ask('models.import', { file: reference, trustAs: 'mine' })).toMatchObject({
      type: 'failure',
    });
    expect(stored()).not.toContain(id);
    await page.end();
  });
});

describe('pages', () => {
  const get = (address: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
    fetch(origin + address, { headers, method });

  it('say how to build them where they are not built', async () => {
    const response = await get('/');
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('npm run build');
  });

  describe('that are built', () => {
    beforeAll(() => {
      mkdirSync(path.join(home, 'pages', 'assets'), { recursive: true });
      writeFileSync(path.join(home, 'pages', 'index.html'), '<title>control</title>');
      writeFileSync(path.join(home, 'pages', 'captions.html'), '<title>captions</title>');
      writeFileSync(path.join(home, 'pages', 'capture.html'), '<title>capture</title>');
      writeFileSync(path.join(home, 'pages', 'assets', 'control-a1B2.js'), 'let a;');
    });

    it('need no token, and may do little', async () => {
      const response = await get('/?token=x');
      expect(await response.text()).toBe('<title>control</title>');
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
        'content-security-policy': expect.stringMatching(
          /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/u,
        ),
      });
      expect(response.headers.get('content-security-policy')).not.toMatch(/unsafe|\*/u);
      expect(await (await get('/captions?lines=2')).text()).toBe('<title>captions</title>');
    });

    it('are not sent again where they did not change', async () => {
      const tag = (await get('/')).headers.get('etag') ?? '';
      expect((await get('/', { 'if-none-match': tag })).status).toBe(304);
    });

    it('have files that browsers keep, since their names change', async () => {
      const response = await get('/assets/control-a1B2.js');
      expect(await response.text()).toBe('let a;');
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    });

    it('tell their head alone where that is asked for', async () => {
      const response = await get('/', {}, 'HEAD');
      expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
        200,
        '22',
        '',
      ]);
    });

    it.each([
      '/assets/',
      '/assets',
      '/assets/..%2f..%2ftoken',
      '/assets/%2e%2e/%2e%2e/token',
      '/assets/..\\..\\token',
      '/assets/.hidden.js',
      '/assets/missing.js',
      '/capture.html',
      '/index.html',
      '/token',
      '//etc/passwd',
    ])('are all there is: nothing at %s', async (address) => {
      const response = await get(address);
      expect(response.status).toBe(401);
      expect(await response.text()).not.toContain(app.server.tokens.full);
    });

    it('have one for people who went astray', async () => {
      const response = await get('/nowhere', { accept: 'text/html' });
      expect(response.status).toBe(404);
      expect(await response.text()).toContain('There is no page here');
    });
  });
});
