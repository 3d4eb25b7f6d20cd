import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/core/foundation/logger.ts';
import { openHistory } from '../../src/core/transcript/history.ts';
import { en } from '../../src/renderer/i18n/en.ts';
import { browserMissing, launchBrowser } from '../fixtures/browser.ts';
import { engineIsBuilt, SurtitleProcess, samples } from '../integration/cli/surtitle-process.ts';

const THANKS = 'Thank you for your message.';
const SAMPLE = path.join(samples, 'clip01-seen.wav');
const WAIT = { timeout: 30_000, interval: 100 };

const missing = browserMissing ?? (engineIsBuilt() ? null : 'skipped: the engine is not built');
if (missing) console.warn(`The interface in a browser is ${missing}.`);

describe.skipIf(missing)(`the interface in a browser${missing ? ` (${missing})` : ''}`, () => {
  let home: string;
  let server: SurtitleProcess;
  let browser: Browser;

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'surtitle-browser-app-'));
    settings({ 'app.firstRunDone': true });
  });

  afterEach(async () => {
    await browser?.close();
    server.signal('SIGKILL');
    await server.end();
    rmSync(home, { recursive: true, force: true });
  });

  it('captions the microphone, shows it to viewers, and keeps it', async () => {
    const links = await serve();
    browser = await withMicrophone('%noloop');
    const [page, viewer] = [await open(links.control), await open(links.captions)];
    await page.getByRole('button', { name: en.captions.start, exact: true }).click();
    await expect.poll(() => page.locator('body').innerText(), WAIT).toContain(THANKS);
    await expect.poll(() => viewer.locator('body').innerText(), WAIT).toContain(THANKS);
    await page.getByRole('button', { name: en.captions.stop, exact: true }).click();
    await expect.poll(history, WAIT).toEqual([{ title: THANKS, state: 'ended', segments: 1 }]);
    // What nobody must read over a shoulder, and no server ever sees.
    expect([page.url(), viewer.url()]).toEqual([`${links.origin}/`, `${links.origin}/captions`]);
  });

  it('goes on by itself when the server was killed and is started again', async () => {
    const links = await serve();
    browser = await withMicrophone('');
    const page = await open(links.control);
    await page.getByRole('button', { name: en.captions.start, exact: true }).click();
    await expect.poll(async () => (await history()).map(({ state }) => state), WAIT).toEqual(['live']);
    server.signal('SIGKILL');
    await page.getByText(en.link.lostTitle).waitFor({ timeout: 30_000 });
    await server.end();
    const before = await said(page);
    await serve(Number(new URL(links.origin).port));
    await page.getByText(en.link.lostTitle).waitFor({ state: 'hidden', timeout: 30_000 });
    await expect.poll(() => said(page), WAIT).toBeGreaterThan(before + 1);
    await page.getByRole('button', { name: en.captions.stop, exact: true }).click();
    await expect
      .poll(async () => (await history()).map(({ state }) => state), WAIT)
      .toEqual(['ended', 'interrupted']);
  });

  it('asks for the token where the page has none, a wrong one, or that of a viewer', async () => {
    const links = await serve();
    browser = await launchBrowser();
    const viewerToken = new URL(links.captions).hash;
    for (const address of ['/', '/#token=wrong', `/${viewerToken}`]) {
      const page = await (await browser.newContext()).newPage();
      await page.goto(links.origin + address);
      await page.getByRole('heading', { name: en.link.unauthorizedTitle }).waitFor();
    }
  });

  it('takes the whole link where it asks for the token', async () => {
    const links = await serve();
    browser = await launchBrowser();
    const page = await open(`${links.origin}/`);
    await page.getByLabel(en.link.token).fill(links.control);
    await page.getByRole('button', { name: en.link.connect }).click();
    await page.getByRole('button', { name: en.captions.start, exact: true }).waitFor();
  });

  it('runs under its policy: nothing is blocked, and nothing comes from elsewhere', async () => {
    const links = await serve();
    browser = await launchBrowser();
    const page = await (await browser.newContext()).newPage();
    const complaints: string[] = [];
    const origins = new Set<string>();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => origins.add(new URL(request.url()).origin));
    await page.goto(links.control);
    await page.getByRole('button', { name: en.captions.start, exact: true }).waitFor();
    expect(complaints).toEqual([]);
    expect([...origins]).toEqual([links.origin]);
  });

  it('fits a phone', async () => {
    const links = await serve();
    browser = await withMicrophone('%noloop');
    for (const address of [links.control, links.captions]) {
      const context = await browser.newContext({
        viewport: { width: 360, height: 640 },
        hasTouch: true,
        isMobile: true,
      });
      const page = await context.newPage();
      await page.goto(address);
      await page.locator('#root > *').first().waitFor();
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBeLessThanOrEqual(0);
      await context.close();
    }
  });

  function settings(values: object): void {
    mkdirSync(home, { recursive: true });
    writeFileSync(path.join(home, 'settings.json'), JSON.stringify({ version: 1, ...values }));
  }

  async function serve(port = 0): Promise<{ origin: string; control: string; captions: string }> {
    server = new SurtitleProcess(['serve', '--port', `${port}`, '--print-link'], {
      SURTITLE_HOME: home,
    });
    const control = (await server.line(/^Open in a browser/u)).replace(/^.*: +/u, '');
    const captions = (await server.line(/^Captions only/u)).replace(/^.*: +/u, '');
    expect(control).toContain(readFileSync(path.join(home, 'token'), 'utf8').trim());
    return { origin: new URL(control).origin, control, captions };
  }

  function withMicrophone(loop: string): Promise<Browser> {
    return launchBrowser({
      arguments: [
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        `--use-file-for-fake-audio-capture=${SAMPLE}${loop}`,
        '--autoplay-policy=no-user-gesture-required',
      ],
    });
  }

  async function open(address: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    await page.goto(address);
    return page;
  }

  /** How often it was said, as the page shows it. */
  async function said(page: Page): Promise<number> {
    return (await page.locator('body').innerText()).split(/thank you/iu).length - 1;
  }

  async function history(): Promise<{ title: string; state: string; segments: number }[]> {
    const entries = await openHistory({
      folder: path.join(home, 'history'),
      now: () => new Date(),
      logger: silentLogger,
    }).list();
    return entries.map(({ title, state, segments }) => ({ title, state, segments }));
  }
});
