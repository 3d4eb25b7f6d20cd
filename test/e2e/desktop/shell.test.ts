import { afterEach, describe, expect, it } from 'vitest';
import { type DesktopApp, desktopMissing, launchDesktopApp } from '../../fixtures/desktop/desktop-app.ts';

if (desktopMissing) console.warn(desktopMissing);

describe.skipIf(desktopMissing)('the desktop app', () => {
  let app: DesktopApp | null = null;
  afterEach(() => app?.close());

  it('shows its window', async () => {
    app = await launchDesktopApp();
    const page = await app.window('index.html');
    expect(await page.title()).toBe('Surtitle');
  });
});
