import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGE_IDS } from '../../../src/renderer/control/page-ids.ts';
import { en } from '../../../src/renderer/i18n/en.ts';
import { accessibilityViolations } from '../../fixtures/control/accessibility.ts';
import {
  DESKTOP_SUITE,
  type DesktopApp,
  desktopMissing,
  launchDesktopApp,
} from '../../fixtures/desktop/desktop-app.ts';
import { samples } from '../../integration/cli/surtitle-process.ts';

const SHOTS = fileURLToPath(new URL('../../../build/screenshots/', import.meta.url));

if (desktopMissing) console.warn(`The control window in the desktop app is ${desktopMissing}.`);

describe.skipIf(desktopMissing)(
  `the control window in the desktop app${desktopMissing ? ` (${desktopMissing})` : ''}`,
  DESKTOP_SUITE,
  () => {
    let app: DesktopApp;
    let page: Page;

    beforeAll(async () => {
      mkdirSync(SHOTS, { recursive: true });
      app = await launchDesktopApp({
        microphone: path.join(samples, 'talk.wav'),
        settings: { 'app.firstRunDone': false },
      });
      page = await app.window('index.html');
    });

    afterAll(async () => {
      await app?.close();
    });

    it('leads through the first steps to the first words', async () => {
      await page.getByText(en.firstRun.microphone.granted).waitFor();
      await page.getByRole('button', { name: en.firstRun.next }).click();
      await page.getByText(en.firstRun.model.starter, { exact: true }).waitFor();
      await page.getByRole('button', { name: en.firstRun.next }).click();
      await page.getByRole('button', { name: en.captions.start }).click();
      await page.getByText(en.firstRun.test.works).waitFor();
      await page.getByRole('button', { name: en.firstRun.finish }).click();
      await page.getByTestId('transcript').getByText('save this slide').waitFor();
      screenshot('desktop-screen');
      await page.getByRole('button', { name: en.captions.stop, exact: true }).click();
      await page.getByRole('button', { name: en.captions.start }).waitFor();
    });

    it('shows every page so that everybody can use it', async () => {
      for (const id of PAGE_IDS) {
        await page.getByRole('link', { name: en.nav[id], exact: true }).click();
        await page.getByRole('heading', { level: 1, name: en.nav[id], exact: true }).waitFor();
        await page.getByText(en.common.loading).waitFor({ state: 'hidden' });
        await page.screenshot({ path: path.join(SHOTS, `desktop-${id}.png`), animations: 'disabled' });
        expect(await accessibilityViolations(page), id).toEqual([]);
      }
    });

    it('gives an action other keys, and takes them away again', async () => {
      await page.getByRole('link', { name: en.nav.shortcuts, exact: true }).click();
      const action = en.shortcuts.actions.pause;
      await page.getByRole('button', { name: `Change the keys for: ${action}` }).click();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: en.shortcuts.recording })
        .press('Control+Shift+F9');
      await page.getByText(en.shortcuts.free).waitFor();
      await page.getByRole('button', { name: en.common.save }).click();
      const row = page.getByRole('listitem').filter({ hasText: action });
      await row.getByText('F9').waitFor();
      await row.getByRole('button', { name: `More for: ${action}` }).click();
      await page.getByRole('menuitem', { name: en.shortcuts.remove }).click();
      await row.getByText(en.shortcuts.none, { exact: true }).waitFor();
    });

    /** The whole screen, with the captions above the window. */
    function screenshot(name: string): void {
      execFileSync('import', ['-window', 'root', path.join(SHOTS, `${name}.png`)], {
        env: { ...process.env, DISPLAY: app.display.name },
      });
    }
  },
);
