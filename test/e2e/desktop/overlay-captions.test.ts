import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../../fixtures/desktop/ask.ts';
import {
  DESKTOP_SUITE,
  type DesktopApp,
  desktopMissing,
  launchDesktopApp,
} from '../../fixtures/desktop/desktop-app.ts';
import { eventually } from '../../fixtures/desktop/eventually.ts';

if (desktopMissing) console.warn(desktopMissing);

const TALK = fileURLToPath(new URL('../../../resources/samples/talk.wav', import.meta.url));

describe.skipIf(desktopMissing)('captions above other windows', DESKTOP_SUITE, () => {
  let app: DesktopApp;
  let overlay: Page;
  let control: Page;

  afterEach(() => app.close());

  async function launch(settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
    app = await launchDesktopApp({ microphone: TALK, settings });
    overlay = await app.window('captions.html');
    control = await app.window('index.html');
  }

  const bounds = () =>
    app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .find((window) => window.webContents.getURL().includes('/captions.html'))
        ?.getBounds(),
    );

  it('show what is said, and stay with a badge while they are paused', async () => {
    await launch({ 'appearance.hideAfterSeconds': 1 });
    await ask(control, 'captions.start');
    // Chromium plays the file from when it opens the device, so its first words may be over.
    await overlay
      .locator('.caption-line', { hasText: /evening|table|tomorrow/u })
      .first()
      .waitFor();
    expect(await overlay.locator('[data-dot]').count()).toBe(2);
    await ask(control, 'captions.pause');
    await overlay.locator('[data-badge="paused"]').waitFor();
    expect(await overlay.getByTestId('captions').getAttribute('data-hidden')).toBeNull();
  });

  it('make their window as high as their lines need', async () => {
    await launch({ 'overlay.locked': false });
    const before = (await eventually(bounds, (it) => it !== undefined))?.height ?? 0;
    await ask(control, 'settings.write', { key: 'appearance.lines', value: 4 });
    const after = await eventually(bounds, (it) => (it?.height ?? 0) > before);
    const needed = await overlay.locator('.overlay').evaluate((element) => element.scrollHeight as number);
    expect(after?.height).toBe(needed);
  });

  it('are moved and made narrower by the arrow keys while they are unlocked', async () => {
    await launch({ 'overlay.locked': false });
    await overlay.getByTestId('overlay-frame').waitFor();
    const before = await bounds();
    await overlay.getByRole('button', { name: 'Move' }).press('Shift+ArrowUp');
    const moved = await eventually(bounds, (it) => it?.y !== before?.y);
    expect(moved?.y).toBe((before?.y ?? 0) - 64);
    const fontSize = () =>
      overlay
        .locator('.caption-box')
        .evaluate((element) => Number.parseFloat(element.style.getPropertyValue('--caption-font-size')));
    const wide = await fontSize();
    await overlay.getByRole('button', { name: 'Right edge' }).press('Shift+ArrowLeft');
    await overlay.getByRole('button', { name: 'Right edge' }).press('Shift+ArrowLeft');
    await eventually(bounds, (it) => (it?.width ?? 0) <= (moved?.width ?? 0) - 128);
    expect(await eventually(fontSize, (size) => size < wide)).toBeLessThan(wide);
  });

  it('are locked and hidden from within', async () => {
    await launch({ 'overlay.locked': false });
    await overlay.getByTestId('overlay-frame').waitFor();
    await overlay.locator('.overlay').hover();
    await overlay.getByRole('button', { name: 'Lock in place and let clicks through' }).click();
    await overlay.getByTestId('overlay-frame').waitFor({ state: 'detached' });
  });
});
