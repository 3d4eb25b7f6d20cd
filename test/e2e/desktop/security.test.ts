import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../fixtures/desktop/ask.ts';
import {
  DESKTOP_SUITE,
  type DesktopApp,
  desktopMissing,
  launchDesktopApp,
} from '../../fixtures/desktop/desktop-app.ts';
import { eventually } from '../../fixtures/desktop/eventually.ts';

if (desktopMissing) console.warn(desktopMissing);

const REFUSED = { ok: false, error: { code: 'refused', message: 'This page may not ask for that.' } };

describe.skipIf(desktopMissing)('a hostile page in a window of the desktop app', DESKTOP_SUITE, () => {
  let app: DesktopApp;
  let control: Page;
  let overlay: Page;
  let elsewhere: Server;
  /** Where the hostile page lies. */
  let origin: string;
  const reached: string[] = [];

  beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      reached.push(request.url ?? '');
      response.setHeader('Content-Type', request.url?.endsWith('.js') ? 'text/javascript' : 'text/html');
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.end(request.url?.endsWith('.js') ? 'globalThis.hostile = true' : '<title>hostile</title>');
    }).listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    app = await launchDesktopApp({ asksPermission: true });
    control = await app.window('index.html');
    overlay = await app.window('captions.html');
    await Promise.all([control.waitForLoadState('load'), overlay.waitForLoadState('load')]);
  });

  afterAll(async () => {
    await app.close();
    elsewhere.close();
  });

  const log = (): Promise<string> => readFile(path.join(app.home, 'logs', 'surtitle.log'), 'utf8');
  const seenInLog = (text: string): Promise<string> => eventually(log, (lines) => lines.includes(text));
  it.each(['http', 'file', 'data', 'javascript', 'blob'])(
    'cannot take it to a %s: address',
    async (scheme) => {
      const addresses: Record<string, string> = {
        http: JSON.stringify(`${origin}/page`),
        file: `'file:///etc/passwd'`,
        data: `'data:text/html,<title>hostile</title>'`,
        javascript: `'javascript:void (document.title = "hostile")'`,
        blob: `URL.createObjectURL(new Blob(['<title>hostile</title>'], { type: 'text/html' }))`,
      };
      await control.evaluate(`location.href = ${addresses[scheme]}`);
      // Where it went nowhere, its page still answers, under its own name.
      await control.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))');
      expect(await control.evaluate('location.href')).toMatch(/^app:\/\/surtitle\/index\.html/u);
      expect(await control.evaluate('document.title')).not.toBe('hostile');
      expect(await control.evaluate('typeof surtitle')).toBe('object');
      expect(reached).toEqual([]);
    },
  );

  it('is seen trying to leave', async () => {
    await control.evaluate(`location.href = ${JSON.stringify(`${origin}/page`)}`);
    await seenInLog('A page tried to leave its place and was kept there.');
  });

  it('opens no further window', async () => {
    const before = app.electron.windows().length;
    expect(await control.evaluate(`window.open(${JSON.stringify(origin)})`)).toBeNull();
    expect(await control.evaluate(`window.open('app://surtitle/index.html')`)).toBeNull();
    expect(app.electron.windows()).toHaveLength(before);
  });

  it('attaches no web view', async () => {
    const count = (): Promise<number> =>
      app.electron.evaluate(({ webContents }) => webContents.getAllWebContents().length);
    const before = await count();
    const kind = await control.evaluate(`(() => {
      const view = document.createElement('webview');
      view.src = ${JSON.stringify(origin)};
      document.body.append(view);
      return typeof view.getWebContentsId;
    })()`);
    expect([kind, await count()]).toEqual(['undefined', before]);
  });

  it('finds no Node and no Electron', async () => {
    for (const page of [control, overlay]) {
      expect(
        await page.evaluate(
          `['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter((name) => name in globalThis)`,
        ),
      ).toEqual([]);
    }
    expect(await control.evaluate('Object.keys(surtitle).sort()')).toEqual(['ask', 'onPush', 'pathOf']);
  });

  it('runs no script but ours: none inline, none from elsewhere, none from text', async () => {
    const violations = await control.evaluate(`new Promise((resolve) => {
      const seen = [];
      addEventListener('securitypolicyviolation', (event) => {
        seen.push(event.effectiveDirective);
        if (seen.length === 2) resolve(seen.sort());
      });
      const inline = document.createElement('script');
      inline.textContent = 'globalThis.hostile = true';
      const remote = document.createElement('script');
      remote.src = ${JSON.stringify(`${origin}/hostile.js`)};
      document.head.append(inline, remote);
    })`);
    expect(violations).toEqual(['script-src-elem', 'script-src-elem']);
    expect(await control.evaluate('globalThis.hostile')).toBeUndefined();
    // Called by the page's own timer: what tests evaluate is allowed more.
    expect(
      await control.evaluate(`new Promise((resolve) => {
        setTimeout(() => { try { resolve(eval('1')); } catch (error) { resolve(error.name); } });
      })`),
    ).toBe('EvalError');
  });

  it('holds no frame of another origin, and a frame of its own cannot ask', async () => {
    expect(
      await control.evaluate(`new Promise((resolve) => {
        addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective), { once: true });
        const frame = document.createElement('iframe');
        frame.src = ${JSON.stringify(origin)};
        document.body.append(frame);
      })`),
    ).toBe('frame-src');
    expect(
      await control.evaluate(`(() => {
        const frame = document.createElement('iframe');
        document.body.append(frame);
        return typeof frame.contentWindow.surtitle;
      })()`),
    ).toBe('undefined');
  });

  it.each(['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource', 'image', 'beacon'])(
    'reaches nothing by %s',
    async (means) => {
      const address = `${origin}/by-${means}`;
      const attempts: Record<string, string> = {
        fetch: `fetch(ADDRESS)`,
        XMLHttpRequest: `new Promise((_, reject) => { const r = new XMLHttpRequest(); r.onerror = () => reject(new TypeError()); r.open('GET', ADDRESS); r.send(); })`,
        WebSocket: `new Promise((_, reject) => { new WebSocket(ADDRESS.replace('http', 'ws')).onerror = () => reject(new TypeError()); })`,
        EventSource: `new Promise((_, reject) => { new EventSource(ADDRESS).onerror = () => reject(new TypeError()); })`,
        image: `new Promise((_, reject) => { const i = new Image(); i.onerror = () => reject(new TypeError()); i.src = ADDRESS; })`,
        beacon: `Promise.resolve(navigator.sendBeacon(ADDRESS)).then(() => { throw new TypeError(); })`,
      };
      expect(
        await control.evaluate(
          `(${(attempts[means] ?? '').replaceAll('ADDRESS', JSON.stringify(address))}).then(() => 'reached', (error) => error.name)`,
        ),
      ).toMatch(/^(?:TypeError|SecurityError)$/u);
      expect(reached.filter((url) => url.includes(`by-${means}`))).toEqual([]);
    },
  );

  it.each([
    'app://surtitle/..%2f..%2fpackage.json',
    'app://surtitle/%2e%2e/%2e%2e/package.json',
    'app://surtitle/assets/..%5c..%5c..%5cpackage.json',
    'app://surtitle//etc/passwd',
    'app://surtitle/index.html%00.png',
    'app://surtitle/%',
    'app://surtitle/',
  ])('reads nothing outside our pages: %s', async (address) => {
    expect(await control.evaluate(`fetch(${JSON.stringify(address)}).then(({ status }) => status)`)).toBe(
      404,
    );
  });

  it.each(['app://elsewhere/index.html', 'file:///etc/passwd'])('cannot fetch %s', async (address) => {
    expect(
      await control.evaluate(
        `fetch(${JSON.stringify(address)}).then(({ status }) => 'status ' + status, (error) => error.name)`,
      ),
    ).toMatch(/^(?:TypeError|status 404)$/u);
  });

  it('is given no place, no notifications, no instruments and no screen', async () => {
    const asked = await control.evaluate(`Promise.all([
      new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve('given'), ({ code }) => resolve(code))),
      Notification.requestPermission(),
      navigator.requestMIDIAccess({ sysex: true }).then(() => 'given', ({ name }) => name),
      navigator.mediaDevices.getDisplayMedia({ video: true }).then(() => 'given', ({ name }) => name),
      navigator.clipboard.readText().then(() => 'given', ({ name }) => name),
    ])`);
    expect(asked).toEqual([
      1,
      'denied',
      expect.stringMatching(/Error$/u),
      expect.stringMatching(/Error$/u),
      'NotAllowedError',
    ]);
    expect(await log()).toContain('A permission was refused to a page.');
  });

  it('hears nothing: only the window that captures gets the microphone', async () => {
    const listen = `navigator.mediaDevices.getUserMedia({ audio: true }).then(
      (stream) => { for (const track of stream.getTracks()) track.stop(); return 'given'; }, ({ name }) => name)`;
    expect([await control.evaluate(listen), await overlay.evaluate(listen)]).toEqual([
      'NotAllowedError',
      'NotAllowedError',
    ]);
    await ask(control, 'captions.start');
    const capture = await app.window('capture.html');
    expect(await capture.evaluate(listen)).toBe('given');
    expect(
      await capture.evaluate(
        `navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'given', ({ name }) => name)`,
      ),
    ).toBe('NotAllowedError');
    await ask(control, 'captions.stop');
  });

  it('may only ask for what its window is for', async () => {
    await ask(control, 'captions.start');
    const capture = await app.window('capture.html');
    await ask(control, 'captions.stop');
    expect(await ask(capture, 'settings.read')).toEqual(REFUSED);
    expect(await ask(overlay, 'server.tokens')).toEqual(REFUSED);
    expect(
      await ask(overlay, 'settings.write', { key: 'server.remote', value: 'wss://evil.example' }),
    ).toEqual(REFUSED);
    expect(await ask(overlay, 'settings.write', { key: 'overlay.locked', value: true })).toMatchObject({
      ok: true,
    });
    expect(await ask(overlay, 'overlay.read')).toMatchObject({ ok: true });
  });

  it.each([
    ['__proto__', undefined, 'unknown_call'],
    ['constructor', undefined, 'unknown_call'],
    ['', undefined, 'unknown_call'],
    ['settings.write', { key: '__proto__', value: 1 }, 'bad_request'],
    ['settings.write', { key: 'appearance.lines', value: 'many' }, 'setting_invalid'],
    ['shell.openFolder', { folder: '/etc' }, 'bad_request'],
    ['overlay.drag', { edge: 'move', deltaX: 1e300, deltaY: 0 }, 'bad_request'],
    ['history.read', { id: '../../etc/passwd' }, 'history_not_found'],
  ])('is answered %s %j with an error', async (name, request, code) => {
    expect(await ask(control, name, request)).toMatchObject({ ok: false, error: { code } });
  });

  it('of another origin is not answered, even where it got into a window of ours', async () => {
    // Nothing of the app does this: the main process itself would have to be made to.
    const blocked = await app.electron.evaluate(async ({ BrowserWindow, session }, address) => {
      const window = BrowserWindow.getAllWindows().find((candidate) =>
        candidate.webContents.getURL().includes('/index.html'),
      );
      const failure = await window?.webContents.loadURL(address).catch((error: Error) => error.message);
      session.defaultSession.webRequest.onBeforeRequest(null);
      await window?.webContents.loadURL(address);
      return failure;
    }, `${origin}/`);
    expect(blocked).toContain('ERR_BLOCKED_BY_CLIENT');
    await eventually(
      () => control.evaluate('document.title'),
      (title) => title === 'hostile',
    );
    expect(await ask(control, 'settings.read')).toEqual(REFUSED);
    expect(await ask(control, 'captions.start')).toEqual(REFUSED);
    expect(
      await control.evaluate(
        `navigator.mediaDevices?.getUserMedia({ audio: true }).then(() => 'given', ({ name }) => name)`,
      ),
    ).not.toBe('given');
  });
});
