import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { desktopMissing } from '../../fixtures/desktop/desktop-app.ts';
import { type Display, openDisplay } from '../../fixtures/desktop/display.ts';
import { findElectronRuntime } from '../../fixtures/desktop/electron-runtime.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const SAMPLE = path.join(root, 'resources', 'samples', 'talk.wav');
// Not the first words of the talk: it plays as soon as something opens the microphone.
const WORDS = 'Did you print the third slide?';

if (desktopMissing) console.warn(`The packaged app is ${desktopMissing}.`);

describe.skipIf(desktopMissing)(`the packaged app${desktopMissing ? ` (${desktopMissing})` : ''}`, () => {
  let folder: string;
  let home: string;
  let display: Display;
  let app: ChildProcess;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'surtitle-packaged-'));
    packageInto(folder);
    home = path.join(folder, 'home');
    await mkdir(home);
    const settings = { version: 1, 'app.firstRunDone': true, 'server.port': 0 };
    await writeFile(path.join(home, 'settings.json'), JSON.stringify(settings));
    display = await openDisplay();
    app = spawn(
      path.join(folder, 'linux-unpacked', 'surtitle'),
      [
        '--no-sandbox',
        // The package refuses an inspector (its fuses), which is how the other suites drive the app.
        '--remote-debugging-port=0',
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        `--use-file-for-fake-audio-capture=${SAMPLE}%noloop`,
        '--autoplay-policy=no-user-gesture-required',
      ],
      {
        env: { ...process.env, SURTITLE_HOME: home, DISPLAY: display.name },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    browser = await chromium.connectOverCDP(await debuggingAddress(app));
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    if (app && app.exitCode === null) {
      app.kill('SIGKILL');
      await once(app, 'exit');
    }
    await display?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('captions the microphone, from its archive, with the engine beside it', async () => {
    const page = await controlPage(browser);
    await page.getByRole('button', { name: 'Start captions' }).click();
    await page.getByText(WORDS).first().waitFor({ timeout: 60_000 });
    expect(await page.evaluate('location.protocol')).toBe('app:');
  });

  it('does not run as Node, whatever its environment says', async () => {
    const file = path.join(folder, 'script.js');
    await writeFile(file, 'console.log("ran as node")');
    const { stdout } = spawnSync(
      path.join(folder, 'linux-unpacked', 'surtitle'),
      [file, '--no-sandbox', '--version'],
      {
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', DISPLAY: display.name, SURTITLE_HOME: home },
        encoding: 'utf8',
        timeout: 20_000,
      },
    );
    expect(stdout).not.toContain('ran as node');
  });
});

function packageInto(output: string): void {
  const builder = path.join(root, 'node_modules', 'electron-builder', 'cli.js');
  const { executable } = findElectronRuntime();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      builder,
      '--dir',
      `-c.electronDist=${path.dirname(executable ?? '')}`,
      `-c.directories.output=${output}`,
    ],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`The app could not be packaged:\n${stdout}${stderr}`);
}

async function debuggingAddress(app: ChildProcess): Promise<string> {
  if (!app.stderr) throw new Error('The app has no standard error.');
  for await (const line of createInterface({ input: app.stderr })) {
    const address = /DevTools listening on (ws:\S+)/u.exec(line)?.[1];
    if (address) {
      // Whatever else it writes must not fill the pipe.
      app.stderr.resume();
      return address;
    }
  }
  throw new Error('The app ended before it could be driven.');
}

async function controlPage(browser: Browser): Promise<Page> {
  const [context] = browser.contexts();
  if (!context) throw new Error('The app has no windows.');
  const isControl = (page: Page): boolean => page.url().includes('/index.html');
  const page =
    context.pages().find(isControl) ??
    (await context.waitForEvent('page', { predicate: isControl, timeout: 90_000 }));
  await page.waitForLoadState();
  return page;
}
