import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_IDS, type PageId } from '../../../src/renderer/control/page-ids.ts';
import { en } from '../../../src/renderer/i18n/en.ts';
import { browserMissing, launchBrowser } from '../../fixtures/browser.ts';
import { accessibilityViolations, overflowPx } from '../../fixtures/control/accessibility.ts';
import { engineIsBuilt, SurtitleProcess, samples } from '../../integration/cli/surtitle-process.ts';

const SHOTS = fileURLToPath(new URL('../../../build/screenshots/', import.meta.url));
const PAGES = PAGE_IDS.filter((id) => id !== 'shortcuts');
const SAMPLE = path.join(samples, 'clip01-seen.wav');

const missing = browserMissing ?? (engineIsBuilt() ? null : 'skipped: the engine is not built');
if (missing) console.warn(`Pages of the control window are ${missing}.`);

describe.skipIf(missing)(`pages of the control window${missing ? ` (${missing})` : ''}`, () => {
  let home: string;
  let server: SurtitleProcess;
  let browser: Browser;
  let link: string;

  beforeAll(async () => {
    mkdirSync(SHOTS, { recursive: true });
    home = mkdtempSync(path.join(tmpdir(), 'surtitle-control-'));
    writeFileSync(path.join(home, 'settings.json'), JSON.stringify({ version: 1, 'app.firstRunDone': true }));
    server = new SurtitleProcess(['serve', '--port', '0', '--print-link'], { SURTITLE_HOME: home });
    link = (await server.line(/^Open in a browser/u)).replace(/^.*: +/u, '');
    browser = await launchBrowser({
      arguments: [
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        `--use-file-for-fake-audio-capture=${SAMPLE}%noloop`,
        '--autoplay-policy=no-user-gesture-required',
      ],
    });
  });

  afterAll(async () => {
    await browser?.close();
    server.signal('SIGKILL');
    await server.end();
    rmSync(home, { recursive: true, force: true });
  });

  async function open(width: number, height: number, colorScheme: 'light' | 'dark'): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const page = await context.newPage();
    await page.goto(link);
    await page.getByRole('button', { name: en.captions.start }).waitFor();
    return page;
  }

  async function show(page: Page, id: PageId): Promise<void> {
    await page.evaluate(`location.hash = ${JSON.stringify(id)}`);
    await page.getByRole('heading', { level: 1, name: en.nav[id], exact: true }).waitFor();
    await page.getByText(en.common.loading).waitFor({ state: 'hidden' });
  }

  it.each(['light', 'dark'] as const)('can be read and used by everybody, %s', async (colorScheme) => {
    const page = await open(1024, 768, colorScheme);
    for (const id of PAGES) {
      await show(page, id);
      await page.screenshot({
        path: path.join(SHOTS, `page-${id}-${colorScheme}.png`),
        animations: 'disabled',
      });
      expect(await accessibilityViolations(page), id).toEqual([]);
    }
    await page.context().close();
  });

  it.each([
    ['a phone of 360 px', 360, 640],
    ['a small window at 200 %', 512, 384],
  ])('fit %s', async (name, width, height) => {
    const page = await open(width, height, 'light');
    for (const id of PAGES) {
      await show(page, id);
      await page.screenshot({ path: path.join(SHOTS, `page-${id}-${width}px.png`), animations: 'disabled' });
      expect(await overflowPx(page), `${id} on ${name}`).toBe(0);
      expect(await accessibilityViolations(page), `${id} on ${name}`).toEqual([]);
    }
    await page.context().close();
  });

  it('caption a microphone, show how loud it is, and stop', async () => {
    const page = await open(1024, 768, 'light');
    await page.getByRole('button', { name: en.captions.start }).click();
    await page.getByTestId('status').getByText(en.captions.phase.listening).waitFor();
    await expect
      .poll(() => page.getByRole('meter').getAttribute('aria-valuenow').then(Number), { timeout: 30_000 })
      .toBeGreaterThan(0);
    await page.getByTestId('transcript').getByText('Thank you for your message.').waitFor();
    await page.getByRole('button', { name: en.captions.stop, exact: true }).click();
    await page.getByRole('button', { name: en.captions.start }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.context().close();
  });
});
