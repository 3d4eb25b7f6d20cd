import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { browserMissing, launchBrowser } from '../fixtures/browser.ts';
import { type CaptionSite, openCaptionSite } from '../fixtures/caption-site.ts';
import { talkLog } from '../fixtures/talk-log.ts';
import { watchWords } from '../fixtures/word-watch.ts';
import { final, partial } from '../unit/captions/caption-log.ts';

const skipped = browserMissing ? ` (${browserMissing})` : '';
const CALM: BrowserContextOptions = { reducedMotion: 'reduce' };

/** An element as a function in the page gets it; tests are compiled without DOM types. */
interface InPage {
  readonly ownerDocument: {
    readonly defaultView: {
      getComputedStyle(element: unknown): { readonly color: string; readonly fontSize: string };
    };
  };
}

describe.skipIf(browserMissing)(`the captions page${skipped}`, () => {
  let browser: Browser;
  let site: CaptionSite;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  beforeEach(async () => {
    site = await openCaptionSite();
  });
  afterEach(async () => {
    await page.context().close();
    await site.close();
  });
  afterAll(() => browser.close());

  async function open(query = '', options: BrowserContextOptions = {}, url = site.url(query)): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 360 }, ...options });
    page = await context.newPage();
    await page.goto(url);
    if (url !== site.deniedUrl) await site.watched();
    return page;
  }

  const line = (text: string) => page.locator('.caption-line', { hasText: text });
  /** Lines that can be read, as they stand. */
  const readable = () =>
    page.locator(':root').evaluate(({ ownerDocument: document }) => {
      const shown = document.querySelector('.caption-window')?.getBoundingClientRect();
      return [...document.querySelectorAll('.caption-line')].flatMap((element) => {
        const { top, bottom } = element.getBoundingClientRect();
        const visible = shown && top >= shown.top - 0.5 && bottom <= shown.bottom + 0.5;
        return visible ? [element.textContent] : [];
      });
    });

  it('keeps its height through a ten-minute talk, and moves no stable word but up, by whole lines', async () => {
    await open('', CALM);
    const finish = await watchWords(page);
    const talk = talkLog({ minutes: 10 });
    // As fast as the page draws, some partials to a frame.
    for (const [index, message] of talk.entries()) {
      site.say(message);
      if (index % 3 === 0) await page.evaluate('new Promise(requestAnimationFrame)');
    }
    await line('Which picture do you need?').last().waitFor();
    const seen = await finish();
    expect(seen.moved).toEqual([]);
    expect(seen.heights).toHaveLength(1);
    expect(seen.words).toBeGreaterThan(1_200);
    console.log(`${seen.words} words looked at in ${seen.frames} frames`);
  });

  it('shows what is stable and what may change apart, both with enough contrast', async () => {
    await open();
    site.say(partial(0, 'so we', ' begin'));
    const unstable = page.locator('[data-unstable]', { hasText: 'begin' });
    await unstable.waitFor();
    expect(await unstable.evaluate(colorOf)).toBe('rgb(173, 173, 173)');
    const stable = line('so we').locator('span').first();
    expect(await stable.evaluate(colorOf)).toBe('rgb(255, 255, 255)');
  });

  it('shows no word that may change where the address says so', async () => {
    await open('?unstable=off');
    site.say(partial(0, 'so we', ' begin'));
    await line('so we').waitFor();
    expect(await readable()).toEqual(['so we']);
  });

  it('scrolls smoothly, and at once for those who want less motion', async () => {
    const transition = () =>
      page.locator('.caption-track').evaluate((track) => {
        const { transitionDuration, transitionProperty } =
          track.ownerDocument.defaultView.getComputedStyle(track);
        return { transitionDuration, transitionProperty };
      });
    await open();
    expect((await transition()).transitionDuration).toBe('0.2s');
    await page.context().close();
    await open('', CALM);
    expect((await transition()).transitionProperty).toBe('none');
  });

  it('reads each final to screen readers once, and nothing that may change', async () => {
    await open();
    const log = page.locator('[aria-live="polite"]');
    site.say(
      partial(0, 'One', ' and'),
      partial(0, 'One', ' or'),
      final(0, 'One or two.'),
      partial(1, 'Three'),
    );
    await line('Three').waitFor();
    expect(await log.locator('p').allTextContents()).toEqual(['One or two.']);
    expect(await page.locator('.caption-box').getAttribute('aria-hidden')).toBe('true');
  });

  it('has nothing that axe finds fault with', async () => {
    await open();
    site.say(final(0, 'One or two.'));
    await line('One or two.').waitFor();
    await page.keyboard.press('PageUp');
    await page.evaluate(axe.source);
    const found = await page.locator(':root').evaluate(async (root) => {
      const { violations } = (await root.ownerDocument.defaultView.axe.run()) as axe.AxeResults;
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
    expect(found).toEqual([]);
  });

  it('never draws a line wider than its box, however wide its letters are', async () => {
    await open();
    site.say(final(0, 'WWWW MMMM '.repeat(20).trim()), final(1, '字幕は静かに流れる。'.repeat(8)));
    await line('字幕').last().waitFor();
    const overflow = await page.locator(':root').evaluate(({ ownerDocument: document }) => {
      const box = document.querySelector('.caption-track')?.getBoundingClientRect();
      return [...document.querySelectorAll('.caption-line')].filter((element) => {
        const last = element.lastElementChild?.getBoundingClientRect();
        return box && last && last.right > box.right + 0.5;
      }).length;
    });
    expect(overflow).toBe(0);
  });

  it('fills the screen of a phone with short lines of readable letters', async () => {
    await open('', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    for (const message of talkLog({ minutes: 2 })) site.say(message);
    await line('Which picture do you need?').last().waitFor();
    const box = page.locator('.caption-box');
    expect(await box.evaluate(fontSizeOf)).toBeGreaterThanOrEqual(20);
    expect((await readable()).length).toBeGreaterThan(15);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.screenshot({ path: 'build/screenshots/captions-phone.png' });
  });

  it('is transparent around the captions, for broadcasts, and as dark behind them as it is asked to be', async () => {
    await open('?lines=2&size=40&opacity=0.8', { ...CALM, colorScheme: 'dark' });
    site.say(final(0, 'Welcome to our fifth interview.'));
    await line('Welcome').waitFor();
    const screenshot = await page.screenshot({ omitBackground: true });
    const { x, y } = (await page.locator('.caption-box').boundingBox()) ?? { x: 0, y: 0 };
    expect(await pixel(screenshot, 5, 5)).toEqual([0, 0, 0, 0]);
    expect(await pixel(screenshot, Math.round(x) + 12, Math.round(y) + 12)).toEqual([0, 0, 0, 204]);
  });

  it('has no background at all where the address says so, but an outline around its letters', async () => {
    await open('?background=none', CALM);
    site.say(final(0, 'Welcome to our fifth interview.'));
    await line('Welcome').waitFor();
    const screenshot = await page.screenshot({ omitBackground: true });
    const { x, y } = (await page.locator('.caption-box').boundingBox()) ?? { x: 0, y: 0 };
    expect((await pixel(screenshot, Math.round(x) + 12, Math.round(y) + 8))[3]).toBe(0);
    expect(await page.locator('.caption-box').getAttribute('data-edge')).toBe('outline');
  });

  it('takes its token out of the address, and keeps it for a reload', async () => {
    await open('?lines=3');
    expect(page.url()).not.toContain('token');
    expect(page.url()).toContain('?lines=3');
    site.comeBack({ finals: [final(0, 'Still here.')] });
    await page.reload();
    await line('Still here.').waitFor();
  });

  it('says what to do where its token is not the right one, and stops asking', async () => {
    await open('', {}, site.deniedUrl);
    await page.locator('[data-badge="unauthorized"]').waitFor();
  });

  it('goes on where it was when the connection comes back', async () => {
    await open('', CALM);
    site.say(final(0, 'Welcome to our fifth interview.'), partial(1, 'Please save'));
    await line('Please').waitFor();
    const before = await line('Welcome').boundingBox();
    site.goAway();
    await page.locator('[data-badge="reconnecting"]').waitFor();
    site.comeBack({
      finals: [final(0, 'Welcome to our fifth interview.'), final(1, 'Please save this slide.')],
    });
    await line('this slide').waitFor();
    expect(await readable()).toEqual(['Welcome to our fifth interview.', 'Please save this slide.']);
    expect(await line('Welcome').boundingBox()).toEqual(before);
    await page.locator('[data-badge]').waitFor({ state: 'detached' });
  });

  it('scrolls back to missed lines, stays there while captions go on, and finds back to live', async () => {
    await open('', CALM);
    for (const message of talkLog({ minutes: 1 })) site.say(message);
    await line('Which picture do you need?').last().waitFor();
    const live = await readable();
    await page.keyboard.press('PageUp');
    await page.mouse.move(640, 300);
    await page.mouse.wheel(0, -36);
    const back = page.getByRole('button', { name: 'Back to live' });
    await back.waitFor();
    const missed = await readable();
    expect(missed).not.toEqual(live);
    site.say(final(900, 'Something new was said.'));
    await page.locator('[aria-live] p', { hasText: 'Something new' }).waitFor();
    expect(await readable()).toEqual(missed);
    await back.click();
    expect((await readable()).join(' ')).toContain('Something new was said.');
  });

  it.each([
    ['bright', 'white'],
    ['dark', 'black'],
    ['busy', 'repeating-linear-gradient(45deg, red 0 9px, yellow 9px 20px, blue 20px 31px, white 31px 42px)'],
  ])('can be read over a %s background', async (name, background) => {
    await open('', CALM);
    site.say(final(0, 'Welcome to our fifth interview. Please save this slide in the evening.'));
    site.say(partial(1, 'I like the grey', ' window. Did you'));
    await line('I like').waitFor();
    await page
      .locator(':root')
      .evaluate((root, value) => (root.style.cssText = `height: 100%; background: ${value}`), background);
    await page.screenshot({ path: `build/screenshots/captions-${name}.png` });
  });

  /** Colour of a pixel of a screenshot: red, green, blue, alpha. */
  async function pixel(png: Buffer, x: number, y: number): Promise<number[]> {
    return page.locator(':root').evaluate(
      async (root, [base64, left, top]) => {
        const window = root.ownerDocument.defaultView;
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const image = await window.createImageBitmap(new window.Blob([bytes], { type: 'image/png' }));
        const context = new window.OffscreenCanvas(image.width, image.height).getContext('2d');
        context?.drawImage(image, 0, 0);
        return [...(context?.getImageData(left, top, 1, 1).data ?? [])];
      },
      [png.toString('base64'), x, y] as const,
    );
  }
});

function colorOf(element: InPage): string {
  return element.ownerDocument.defaultView.getComputedStyle(element).color;
}

function fontSizeOf(element: InPage): number {
  return Number.parseFloat(element.ownerDocument.defaultView.getComputedStyle(element).fontSize);
}
