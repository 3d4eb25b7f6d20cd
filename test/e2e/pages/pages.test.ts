import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing } from '../../fixtures/browser.ts';
import { BUNDLED_SAMPLES_FOLDER } from '../../fixtures/recordings.ts';
import { HostileServer } from '../../integration/models/hostile-server.ts';
import { contentOf } from '../../integration/models/model-bench.ts';
import { keepSessions } from './kept-sessions.ts';
import { type ServedPages, servePages } from './served-pages.ts';

const CLIP = path.join(BUNDLED_SAMPLES_FOLDER, 'clip12-seen.wav');
const TODAY = new Date();
const LAST_WEEK = new Date(TODAY.getTime() - 7 * 86_400_000);

describe.skipIf(browserMissing !== null)(`pages of the browser interface ${browserMissing ?? ''}`, () => {
  let pages: ServedPages;
  let hub: HostileServer;
  let page: Page;

  beforeAll(async () => {
    hub = await HostileServer.start(new Map([['/ggml-tiny.en.bin', contentOf(77_704_715)]]));
    pages = await servePages(
      async (home) => {
        await keepSessions(home, [
          {
            title: 'Weekly planning',
            startedAt: TODAY,
            lines: ['Good morning everyone.', 'Now to the budget of the next quarter.'],
          },
          { title: 'Lecture', startedAt: LAST_WEEK, lines: ['Heat flows from hot to cold.'] },
        ]);
      },
      { 'models.mirror': hub.url },
    );
  });

  afterAll(async () => {
    await pages.close();
    await hub.stop();
  });

  afterEach(async () => {
    await page.context().close();
  });

  async function reopen(name: string): Promise<void> {
    await page.context().close();
    page = await pages.open(name);
  }

  it('transcribes a dropped recording, opens it in the history and saves it as subtitles', async () => {
    page = await pages.open('files');
    await drop(page, CLIP);
    await page.getByText(/^Finished/u).waitFor();
    await page.getByRole('button', { name: 'Save as… clip12-seen.wav' }).click();
    const saving = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Subtitles (SRT)' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe('clip12-seen.srt');
    const subtitles = readFileSync(await saved.path(), 'utf8');
    expect(subtitles).toMatch(/^1\n00:00:\d\d,\d{3} --> /u);
    await page.getByRole('button', { name: 'Open the transcript of clip12-seen.wav' }).click();
    await page.getByRole('heading', { name: 'clip12-seen' }).waitFor();
    const shown = await page.getByRole('main').getByRole('listitem').first().innerText();
    const said = subtitles.split('\n')[2] ?? '';
    expect(shown).toContain(said.split(' ').slice(0, 3).join(' '));
    await reopen('files');
    await page.getByRole('button', { name: 'Take clip12-seen.wav off the list' }).click();
    await page.getByText('Drop recordings here').waitFor();
  });

  it('says what is wrong with a file that has no sound', async () => {
    page = await pages.open('files');
    await drop(page, path.resolve(import.meta.dirname, '../../fixtures/media/video-without-sound.mp4'));
    await page.getByText('This file has no sound track.').waitFor();
    await page.getByRole('button', { name: 'Clear finished' }).click();
    await page.getByText('Drop recordings here').waitFor();
  });

  it('finds words in all sessions and shows the place', async () => {
    page = await pages.open('history');
    await page.getByRole('textbox', { name: 'Search all text' }).fill('budget');
    await page.getByText('Found in 1 session').waitFor();
    expect(await page.locator('mark').allInnerTexts()).toEqual(['budget']);
    await page.getByRole('link', { name: /budget/u }).click();
    await page.getByRole('heading', { name: 'Weekly planning' }).waitFor();
    await page.getByRole('textbox', { name: 'Search all text' }).waitFor({ state: 'detached' });
  });

  it('says so where nothing is found', async () => {
    page = await pages.open('history');
    await page.getByRole('textbox', { name: 'Search all text' }).fill('zebra');
    await page.getByText('Nothing found for “zebra”').waitFor();
  });

  it('renames a session', async () => {
    page = await pages.open('history');
    await page.getByRole('link', { name: 'Lecture' }).click();
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Thermodynamics');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Thermodynamics' }).waitFor();
    await reopen('history');
    await page.getByRole('link', { name: 'Thermodynamics' }).waitFor();
  });

  it('deletes a session, and brings it back', async () => {
    page = await pages.open('history');
    const link = page.getByRole('link', { name: 'Weekly planning' });
    await page.getByRole('button', { name: 'More for Weekly planning' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await link.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await link.waitFor();
  });

  it('saves names and terms that are pasted, and none twice', async () => {
    page = await pages.open('vocabulary');
    await page.getByLabel('Add names and terms').fill('Saoirse, Kubernetes\nsaoirse; Q3  roadmap');
    await page.getByRole('button', { name: 'Add 3' }).click();
    await page.getByText('3 terms').waitFor();
    await reopen('vocabulary');
    const terms = page.getByRole('list', { name: 'Names and terms' }).getByRole('listitem');
    await terms.first().waitFor();
    expect(await terms.allInnerTexts()).toEqual(['Saoirse', 'Kubernetes', 'Q3 roadmap']);
  });

  it('takes no more terms than the recogniser does', async () => {
    page = await pages.open('vocabulary');
    await page.getByLabel('Add names and terms').fill('x'.repeat(61));
    await page.getByText(/is longer than 60 characters/u).waitFor();
    expect(await page.getByRole('button', { name: 'Add', exact: true }).isDisabled()).toBe(true);
  });

  it('pauses a download, goes on with it, and says what came that is not the model', async () => {
    hub.behave = (exchange) => exchange.serveBytes(20_000_000, {}, 'hang');
    page = await pages.open('models');
    await page.getByRole('button', { name: 'Download tiny.en' }).click();
    await page.getByText(/^20\.0 MB of 77\.7 MB/u).waitFor();
    await page.getByRole('button', { name: 'Pause the download of tiny.en' }).click();
    await page.getByText('Paused · 20.0 MB of 77.7 MB').waitFor();
    hub.behave = (exchange) => exchange.serve();
    await page.getByRole('button', { name: 'Resume the download of tiny.en' }).click();
    await page.getByText(/What came is not the model that was asked for/u).waitFor();
    await page.getByRole('button', { name: /Stop the download of tiny\.en/u }).click();
    await page.getByRole('button', { name: 'Download tiny.en' }).waitFor();
  });

  it('erases everything only when the user has typed that they mean it', async () => {
    page = await pages.open('history');
    await page.getByRole('button', { name: 'Erase everything' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Erase everything' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Type “erase” to confirm').fill('erase');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing is kept yet').waitFor();
  });
});

/** Drops a file on the page as a file manager would. */
async function drop(page: Page, file: string): Promise<void> {
  const bytes = readFileSync(file).toString('base64');
  const transfer = await page.evaluateHandle(
    `(() => {
      const bytes = Uint8Array.from(atob(${JSON.stringify(bytes)}), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], ${JSON.stringify(path.basename(file))}));
      return transfer;
    })()`,
  );
  await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
}
