import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing, launchBrowser } from '../fixtures/browser.ts';
import { CapturePage, type CapturePageSite, serveCapturePage } from '../fixtures/capture-page.ts';

const skipped = browserMissing ? ` (${browserMissing})` : '';
const SOUNDING = `<!doctype html><title>A tab that sounds</title><script>
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = new GainNode(context, { gain: 0.25 });
  tone.connect(volume).connect(context.destination);
  tone.start();
</script>`;

describe.skipIf(browserMissing)(`the sound of a shared tab${skipped}`, () => {
  let site: CapturePageSite;
  let browser: Browser;
  let shared: Page;

  beforeAll(async () => {
    site = await serveCapturePage();
  });

  afterAll(() => site.close());

  afterEach(() => browser.close());

  async function open(...args: readonly string[]): Promise<CapturePage> {
    browser = await launchBrowser({
      sounds: true,
      arguments: ['--autoplay-policy=no-user-gesture-required', ...args],
    });
    shared = await browser.newPage();
    await shared.goto(site.url);
    await shared.setContent(SOUNDING);
    return CapturePage.open(browser, site.url);
  }

  const chooseTab = '--auto-select-tab-capture-source-by-title=A tab that sounds';

  it('is heard without its picture being kept', async () => {
    const capture = await open(chooseTab);
    await capture.click();
    expect(await capture.start({ source: 'system' })).toBeNull();
    await capture.level(-25);
    expect(await capture.statuses()).toMatchObject([{ state: 'flowing', path: 'tab' }]);
  });

  it('ends when the tab is closed, and says so', async () => {
    const capture = await open(chooseTab);
    await capture.click();
    await capture.start({ source: 'system' });
    await shared.close();
    await capture.status({ state: 'ended', code: 'sharing_ended' });
  });
});
