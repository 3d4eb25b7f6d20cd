import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallResult } from '../../../src/ipc/desktop-global.ts';
import { ask as askFrom } from '../../fixtures/desktop/ask.ts';
import {
  DESKTOP_SUITE,
  type DesktopApp,
  desktopMissing,
  launchDesktopApp,
} from '../../fixtures/desktop/desktop-app.ts';
import { type Display, openDisplay } from '../../fixtures/desktop/display.ts';
import { findElectronRuntime } from '../../fixtures/desktop/electron-runtime.ts';
import { eventually } from '../../fixtures/desktop/eventually.ts';

if (desktopMissing) console.warn(desktopMissing);

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe.skipIf(desktopMissing)('the desktop app', DESKTOP_SUITE, () => {
  let home: string;
  let display: Display;
  const apps: DesktopApp[] = [];

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'surtitle-shell-'));
    display = await openDisplay();
  });

  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    await display.close();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  });

  interface Launch {
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly home?: string;
    /** Whether the desktop shows icons; this one has none. */
    readonly tray?: boolean;
    readonly arguments?: readonly string[];
  }

  async function launch(options: Launch = {}): Promise<DesktopApp> {
    const app = await launchDesktopApp({
      home: options.home ?? home,
      display,
      ...(options.settings ? { settings: options.settings } : {}),
      ...(options.arguments ? { arguments: options.arguments } : {}),
      environment: await surroundings(options.tray ?? true),
    });
    apps.push(app);
    return app;
  }

  /** A desktop that answers whether it shows icons, and folders of its own. */
  async function surroundings(tray: boolean): Promise<Record<string, string>> {
    const programs = path.join(home, 'programs');
    await mkdir(programs, { recursive: true });
    const probe = path.join(programs, 'gdbus');
    await writeFile(probe, `#!/bin/sh\necho '(${tray},)'\n`);
    await chmod(probe, 0o755);
    return { PATH: `${programs}:${process.env.PATH}`, XDG_CONFIG_HOME: path.join(home, 'config') };
  }

  const ask = async (app: DesktopApp, name: string, request?: unknown): Promise<CallResult> =>
    askFrom(await app.window('index.html'), name, request);
  const write = (app: DesktopApp, key: string, value: unknown): Promise<CallResult> =>
    ask(app, 'settings.write', { key, value });
  const setting = async (app: DesktopApp, key: string): Promise<unknown> => {
    const result = await ask(app, 'settings.read');
    return result.ok && (result.value as { values: Record<string, unknown> }).values[key];
  };
  const press = (keys: string): string =>
    execFileSync('xdotool', ['key', '--clearmodifiers', keys], {
      env: { ...process.env, DISPLAY: display.name },
      encoding: 'utf8',
    });

  /** Whether the control window is there and seen. */
  const isShown = (app: DesktopApp): Promise<boolean> =>
    app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().some(
        (window) => window.webContents.getURL().includes('/index.html') && window.isVisible(),
      ),
    );
  const closeControl = (app: DesktopApp): Promise<void> =>
    app.electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()
        .find((window) => window.webContents.getURL().includes('/index.html'))
        ?.close();
    });
  const bounds = (app: DesktopApp): Promise<unknown> =>
    app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .find((window) => window.webContents.getURL().includes('/index.html'))
        ?.getBounds(),
    );

  it('shows its window', async () => {
    const startedAt = performance.now();
    const app = await launch();
    await eventually(() => isShown(app), Boolean);
    const log = await readFile(path.join(home, 'logs', 'surtitle.log'), 'utf8');
    const own = /sinceStartMs=(\d+)/u.exec(log)?.[1];
    console.log(
      `The window was there ${Math.round(performance.now() - startedAt)} ms after the start (${own} ms by its own clock).`,
    );
    expect(own).toBeDefined();
  });

  describe('its window', () => {
    it('is where it was after a restart', async () => {
      const first = await launch();
      await eventually(() => isShown(first), Boolean);
      await first.electron.evaluate(({ BrowserWindow }) => {
        BrowserWindow.getAllWindows()
          .find((window) => window.webContents.getURL().includes('/index.html'))
          ?.setBounds({ x: 130, y: 90, width: 800, height: 600 });
      });
      const file = path.join(home, 'desktop', 'window-state.json');
      await eventually(
        () => readFile(file, 'utf8').catch(() => ''),
        (text) => text.includes('800'),
      );
      await apps.pop()?.close();
      const second = await launch();
      await eventually(() => isShown(second), Boolean);
      expect(await bounds(second)).toMatchObject({ width: 800, height: 600 });
      const kept = JSON.parse(await readFile(file, 'utf8')) as { control: { bounds: unknown } };
      expect(await bounds(second)).toEqual(kept.control.bounds);
    });

    it('comes back onto the screen when it was left on one that is gone', async () => {
      await mkdir(path.join(home, 'desktop'), { recursive: true });
      await writeFile(
        path.join(home, 'desktop', 'window-state.json'),
        JSON.stringify({
          version: 1,
          control: { bounds: { x: 5000, y: 4000, width: 900, height: 700 }, maximized: false },
          overlayDisplay: null,
          overlaySpots: {},
        }),
      );
      const app = await launch();
      await eventually(() => isShown(app), Boolean);
      const { x, y } = (await bounds(app)) as { x: number; y: number };
      expect([x < 1280, y < 800]).toEqual([true, true]);
    });

    it('leaves captions running when it is closed', async () => {
      const app = await launch();
      await eventually(() => isShown(app), Boolean);
      await closeControl(app);
      await eventually(
        () => isShown(app),
        (shown) => !shown,
      );
      expect(app.electron.process().exitCode).toBeNull();
    });

    it('ends the app when it is closed where no icon could bring it back', async () => {
      const app = await launch({ tray: false });
      await eventually(() => isShown(app), Boolean);
      const exit = once(app.electron.process(), 'exit');
      await closeControl(app);
      expect((await exit)[0]).toBe(0);
    });

    it('stays closed at login', async () => {
      const app = await launch({ arguments: ['--hidden'] });
      await app.window('captions.html');
      expect(await isShown(app)).toBe(false);
    });

    it('loads its page again when its process fails, and asks when it fails again and again', async () => {
      const app = await launch();
      await eventually(() => isShown(app), Boolean);
      await app.electron.evaluate(({ dialog }) => {
        dialog.showMessageBox = ((options: { message: string }) => {
          (globalThis as { asked?: string }).asked = options.message;
          return new Promise(() => {});
        }) as never;
      });
      const crash = (): Promise<string> =>
        app.electron.evaluate(
          ({ BrowserWindow }) =>
            new Promise<string>((resolve) => {
              const contents = BrowserWindow.getAllWindows().find((window) =>
                window.webContents.getURL().includes('/index.html'),
              )?.webContents;
              contents?.once('did-finish-load', () => resolve('loaded again'));
              // Whoever is asked waits for an answer.
              contents?.once('render-process-gone', () =>
                setTimeout(() => (globalThis as { asked?: string }).asked && resolve('asked'), 0),
              );
              contents?.forcefullyCrashRenderer();
            }),
        );
      expect([await crash(), await crash(), await crash(), await crash()]).toEqual([
        'loaded again',
        'loaded again',
        'loaded again',
        'asked',
      ]);
    });
  });

  it('shows the window of the one that runs when it is started again, and ends', async () => {
    const app = await launch();
    await eventually(() => isShown(app), Boolean);
    await closeControl(app);
    await eventually(
      () => isShown(app),
      (shown) => !shown,
    );
    const [code] = await once(startAgain([]), 'exit');
    expect(code).toBe(0);
    await eventually(() => isShown(app), Boolean);
  });

  it('does what a further start asks for, for systems that give programs no shortcuts', async () => {
    const app = await launch();
    await once(startAgain(['--do=overlay']), 'exit');
    await eventually(
      () => setting(app, 'overlay.visible'),
      (visible) => visible === false,
    );
  });

  function startAgain(args: readonly string[]): ReturnType<typeof spawn> {
    const { executable } = findElectronRuntime();
    return spawn(executable ?? '', ['--no-sandbox', root, ...args], {
      stdio: 'ignore',
      env: { ...process.env, DISPLAY: display.name, SURTITLE_HOME: home },
    });
  }

  it('has a tray whose menu works it', async () => {
    const app = await launch();
    await app.electron.evaluate(({ Tray }) => {
      const { setContextMenu } = Tray.prototype;
      Tray.prototype.setContextMenu = function (menu) {
        (globalThis as { menu?: unknown }).menu = menu;
        setContextMenu.call(this, menu);
      };
    });
    const labels = (): Promise<readonly string[]> =>
      app.electron.evaluate(() => {
        const { menu } = globalThis as { menu?: Electron.Menu };
        return (menu?.items ?? [])
          .filter((item) => item.type !== 'separator')
          .map((item) => (item.enabled ? item.label : `(${item.label})`));
      });
    const choose = (label: string): Promise<void> =>
      app.electron.evaluate((_electron, wanted) => {
        const { menu } = globalThis as { menu?: Electron.Menu };
        menu?.items.find((item) => item.label === wanted)?.click();
      }, label);

    await write(app, 'overlay.locked', false);
    await eventually(labels, (shown) => shown.includes('Lock captions in place'));
    expect(await labels()).toEqual([
      'Start captions',
      '(Pause captions)',
      'Hide captions on screen',
      'Lock captions in place',
      'Open Surtitle',
      'Quit Surtitle',
    ]);
    await choose('Lock captions in place');
    await eventually(() => setting(app, 'overlay.locked'), Boolean);
    await choose('Start captions');
    await eventually(labels, (shown) => shown.includes('Pause captions'));
    await choose('Pause captions');
    await eventually(labels, (shown) => shown.includes('Resume captions'));
    await choose('Stop captions');
    await eventually(labels, (shown) => shown.includes('Start captions'));
    await choose('Hide captions on screen');
    await eventually(labels, (shown) => shown.includes('Show captions on screen'));
    await closeControl(app);
    await choose('Open Surtitle');
    await eventually(() => isShown(app), Boolean);
    const exit = once(app.electron.process(), 'exit');
    // The app may be gone before it answers.
    const quitting = choose('Quit Surtitle').catch(() => {});
    expect((await exit)[0]).toBe(0);
    await quitting;
  });

  describe('a shortcut', () => {
    const views = async (app: DesktopApp): Promise<unknown> => {
      const result = await ask(app, 'shortcuts.read');
      return (
        result.ok &&
        (result.value as { action: string; state: string }[]).map(({ action, state }) => `${action} ${state}`)
      );
    };

    it('works whatever is in front, and another one does as soon as it is chosen', async () => {
      const app = await launch();
      await app.window('index.html');
      expect(await views(app)).toEqual(['startStop active', 'pause active', 'overlay active', 'lock active']);
      press('ctrl+alt+o');
      await eventually(
        () => setting(app, 'overlay.visible'),
        (visible) => visible === false,
      );
      await write(app, 'shortcuts.overlay', 'CommandOrControl+Shift+F9');
      press('ctrl+shift+F9');
      await eventually(
        () => setting(app, 'overlay.visible'),
        (visible) => visible === true,
      );
    });

    it('says that another program has it', async () => {
      const other = path.join(home, 'other');
      await launch();
      const second = await launch({ home: other });
      await second.window('index.html');
      expect(await views(second)).toEqual([
        'startStop conflict',
        'pause conflict',
        'overlay conflict',
        'lock conflict',
      ]);
      const free = await ask(second, 'shortcuts.try', { action: 'lock', accelerator: 'Control+Shift+F8' });
      expect(free).toMatchObject({ ok: true, value: { state: 'active', message: null } });
    });

    it('says that Surtitle itself has it twice, however it is spelt', async () => {
      const app = await launch({ settings: { 'shortcuts.lock': 'Alt+Ctrl+C' } });
      await app.window('index.html');
      expect(await views(app)).toEqual([
        'startStop active',
        'pause active',
        'overlay active',
        'lock conflict',
      ]);
      expect(await ask(app, 'shortcuts.try', { action: 'pause', accelerator: 'Alt+Ctrl+O' })).toMatchObject({
        value: { state: 'conflict', message: expect.stringContaining('twice') },
      });
    });

    it('can be switched off', async () => {
      const app = await launch({ settings: { 'shortcuts.lock': null } });
      await app.window('index.html');
      expect(await views(app)).toContain('lock off');
    });
  });

  it('starts at login when it is asked to, and no longer when it is not', async () => {
    const app = await launch();
    const file = path.join(home, 'config', 'autostart', 'surtitle.desktop');
    await write(app, 'app.launchAtLogin', true);
    const entry = await eventually(
      () => readFile(file, 'utf8').catch(() => ''),
      (text) => text !== '',
    );
    expect(entry).toMatch(/^Exec="[^"]+electron" "[^"]+" "--hidden"$/mu);
    await write(app, 'app.launchAtLogin', false);
    await eventually(
      () =>
        access(file).then(
          () => 'there',
          () => 'gone',
        ),
      (state) => state === 'gone',
    );
  });

  it('saves a text where the user wants it', async () => {
    const app = await launch();
    const file = path.join(home, 'said.txt');
    await app.electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = (() => Promise.resolve({ canceled: false, filePath })) as never;
    }, file);
    expect(await ask(app, 'dialog.saveText', { fileName: 'said.txt', text: 'Hello.' })).toEqual({
      ok: true,
      value: file,
    });
    expect(await readFile(file, 'utf8')).toBe('Hello.');
  });

  it('ends properly when the system tells it to, with captions running', async () => {
    const app = await launch();
    await ask(app, 'captions.start');
    const exit = once(app.electron.process(), 'exit');
    app.electron.process().kill('SIGTERM');
    expect((await exit)[0]).toBe(0);
    expect(await readFile(path.join(home, 'logs', 'surtitle.log'), 'utf8')).toMatch(
      /Ended\. {2}tookMs=\d+\n/u,
    );
  });
});
