import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CaptionState, IDLE_STATE } from '../../../src/core/captions/caption-state.ts';
import type { FinalMessage } from '../../../src/core/protocol/server-messages.ts';
import type { ModelDownload, ModelsView } from '../../../src/ipc/views.ts';
import { en } from '../../../src/renderer/i18n/en.ts';
import { browserMissing, launchBrowser } from '../../fixtures/browser.ts';
import { accessibilityViolations } from '../../fixtures/control/accessibility.ts';
import {
  answered,
  failed,
  openStagedWindow,
  SERVER,
  type StagedOptions,
  type StagedWindow,
  servePages,
  settingsView,
} from '../../fixtures/control/staged-window.ts';

const SHOTS = fileURLToPath(new URL('../../../build/screenshots/', import.meta.url));

const LISTENING: CaptionState = {
  ...IDLE_STATE,
  phase: 'listening',
  source: 'microphone',
  sourceLabel: 'Built-in microphone',
  path: 'microphone',
  startedAt: '2026-01-05T10:00:00.000Z',
  model: 'base.en',
  language: 'en',
  connection: 'open',
  audio: 'flowing',
  keeping: 'on',
};

const MODEL = {
  name: 'base.en',
  bytes: 147_964_211,
  sha256: 'a'.repeat(64),
  family: 'base',
  languages: 'en',
  quantization: 'f16',
  memoryBytes: 468_000_000,
  timesRealTime: 12,
  suitability: 'live',
  installed: false,
  recommended: true,
} as const;

if (browserMissing) console.warn(`States of the control window are ${browserMissing}.`);

describe.skipIf(browserMissing)(
  `states of the control window${browserMissing ? ` (${browserMissing})` : ''}`,
  () => {
    const over = new AbortController();
    let browser: Browser;
    let origin: string;

    beforeAll(async () => {
      mkdirSync(SHOTS, { recursive: true });
      browser = await launchBrowser();
      origin = await servePages(over.signal);
    });

    afterAll(async () => {
      over.abort();
      await browser?.close();
    });

    const open = (hash: string, options?: StagedOptions): Promise<StagedWindow> =>
      openStagedWindow(browser, origin, hash, options);

    /** Pictures for people, and the check that a state must pass whatever it is. */
    async function settle(page: Page, name: string, part?: string): Promise<void> {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({
          path: path.join(SHOTS, `state-${name}-${colorScheme}.png`),
          animations: 'disabled',
        });
        expect(await accessibilityViolations(page, part), `${name}, ${colorScheme}`).toEqual([]);
      }
    }

    function final(id: number, text: string): FinalMessage {
      return {
        type: 'final',
        segment_id: id,
        text,
        language: 'en',
        start_ms: id * 4_000,
        end_ms: id * 4_000 + 3_000,
        confidence: 0.9,
        committed_samples: id * 64_000,
        seq: id,
      };
    }

    it('starts captions with one press, and offers Stop and Pause while they run', async () => {
      const { page, push, asked } = await open('captions');
      await page.getByRole('button', { name: en.captions.start }).click();
      expect((await asked()).map(({ name }) => name)).toContain('captions.start');
      await push('captions.state', LISTENING);
      await page.getByRole('button', { name: en.captions.stop, exact: true }).waitFor();
      await page.getByRole('button', { name: en.captions.pause, exact: true }).click();
      expect((await asked()).map(({ name }) => name)).toContain('captions.pause');
      await push('captions.level', { rmsDb: -24, peakDb: -12 });
      await push('captions.message', final(0, 'Welcome, everyone, and thank you for coming.'));
      await push('captions.message', {
        type: 'partial',
        segment_id: 1,
        revision: 1,
        text: ' Let us begin with the minutes of',
        stable_text: ' Let us begin with',
        start_ms: 4_200,
        end_ms: 6_000,
      });
      await page.getByText('the minutes of').waitFor();
      await settle(page, 'captions-listening');
      await page.context().close();
    });

    it('says that it is paused, and goes on when asked to', async () => {
      const { page, push, asked } = await open('captions');
      await push('captions.state', { ...LISTENING, phase: 'paused', audio: 'none' });
      await page.getByTestId('status').getByText(en.captions.phase.paused).waitFor();
      await settle(page, 'captions-paused');
      await page.getByRole('button', { name: en.captions.resume }).click();
      expect((await asked()).map(({ name }) => name)).toContain('captions.resume');
      await page.context().close();
    });

    it('shows what is wrong quietly: behind, reconnecting, not kept', async () => {
      const { page, push } = await open('captions');
      await push('captions.state', {
        ...LISTENING,
        connection: 'lost',
        lagMs: 6_200,
        keeping: 'failing',
        problem: {
          code: 'connection_lost',
          severity: 'warning',
          message:
            'The connection to the server was lost and is being restored. What is said meanwhile is kept.',
        },
      });
      const status = page.getByTestId('status');
      await status.getByText(en.captions.badges.reconnecting).waitFor();
      await status.getByText(en.captions.badges.keepingFails).waitFor();
      await status.getByText('Behind by 6 s').waitFor();
      await settle(page, 'captions-troubles');
      await page.context().close();
    });

    it('warns of digital silence and leads to the choice of another microphone', async () => {
      const { page, push } = await open('captions');
      await push('captions.state', { ...LISTENING, audio: 'silent' });
      await page.getByText(en.captions.silentMicrophone).waitFor();
      await settle(page, 'captions-silent');
      await page.getByRole('button', { name: en.problems.chooseMicrophone }).click();
      expect(
        await page
          .getByLabel(en.captions.microphone, { exact: true })
          .evaluate((element) => element.matches(':focus')),
      ).toBe(true);
      await page.context().close();
    });

    it('says why captions could not start, and tries again when asked to', async () => {
      const { page, push, asked } = await open('captions');
      await push('captions.state', {
        ...IDLE_STATE,
        problem: {
          code: 'device_busy',
          severity: 'error',
          message:
            'Another program holds the microphone “USB headset”. Close it there, or choose another one.',
        },
      });
      await page.getByRole('alert').getByText(en.problems.titles.device_busy).waitFor();
      await settle(page, 'captions-problem');
      await page.getByRole('button', { name: en.problems.retry }).click();
      expect((await asked()).map(({ name }) => name)).toContain('captions.start');
      await page.getByRole('alert').getByRole('button', { name: en.common.dismiss }).click();
      expect((await asked()).map(({ name }) => name)).toContain('captions.dismissProblem');
      await page.context().close();
    });

    it('follows the words until the user scrolls up, and again from the button on', async () => {
      const { page, push } = await open('captions');
      await push('captions.state', LISTENING);
      for (let id = 0; id < 60; id += 1) await push('captions.message', final(id, `Sentence number ${id}.`));
      await page.getByText('Sentence number 59.').waitFor();
      const log = page.getByRole('log');
      const isAtEnd = () =>
        log.evaluate(
          (e: { scrollHeight: number; scrollTop: number; clientHeight: number }) =>
            e.scrollHeight - e.scrollTop - e.clientHeight < 32,
        );
      await expect.poll(isAtEnd).toBe(true);
      await log.hover();
      await page.mouse.wheel(0, -800);
      await page.getByRole('button', { name: en.captions.jumpToLive }).waitFor();
      await push('captions.message', final(60, 'Sentence number 60.'));
      expect(await isAtEnd()).toBe(false);
      await settle(page, 'captions-scrolled');
      await page.getByRole('button', { name: en.captions.jumpToLive }).click();
      await expect.poll(isAtEnd).toBe(true);
      await push('captions.message', final(61, 'Sentence number 61.'));
      await expect.poll(isAtEnd).toBe(true);
      await page.context().close();
    });

    it('searches within hours of captions', async () => {
      const finals = Array.from({ length: 2_000 }, (_, id) =>
        final(id, id % 900 === 500 ? `The budget, part ${id}.` : `Sentence number ${id}.`),
      );
      const { page } = await open('captions', {
        answers: { 'captions.read': answered({ state: LISTENING, snapshot: { finals, partial: null } }) },
      });
      const search = page.getByRole('textbox', { name: en.captions.search });
      await search.fill('BUDGET');
      await page.getByText('1 of 2').waitFor();
      await search.press('Enter');
      await page.getByText('2 of 2').waitFor();
      await expect.poll(() => isInView(page.locator('[data-current] mark'))).toBe(true);
      expect(await page.locator('[data-current]').innerText()).toContain('The budget, part 1400.');
      await settle(page, 'captions-search');
      await search.fill('nothing of the kind');
      await page.getByText(en.captions.searchNone).waitFor();
      await page.context().close();
    });

    it('copies the transcript without its times', async () => {
      const finals = [final(0, 'One sentence.'), final(1, 'And another.')];
      const { page } = await open('captions', {
        answers: { 'captions.read': answered({ state: LISTENING, snapshot: { finals, partial: null } }) },
      });
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
      await page.getByRole('button', { name: en.captions.copyAll }).click();
      await expect
        .poll(() => page.evaluate('navigator.clipboard.readText()'))
        .toBe('One sentence.\nAnd another.');
      await page.context().close();
    });

    it('offers other languages only where the model knows them', async () => {
      const { page, push } = await open('captions');
      const language = page.getByLabel(en.captions.language);
      await expect.poll(() => language.isDisabled()).toBe(true);
      const multilingual = { ...MODEL, name: 'base', languages: 'multilingual', installed: true } as const;
      await push('models.changed', {
        folder: '/models',
        installed: [{ name: 'base', path: '/base', bytes: 1, state: 'verified', catalogue: multilingual }],
        available: [multilingual],
        downloads: [],
        inUse: 'base',
      });
      await expect.poll(() => language.isEnabled()).toBe(true);
      expect(await language.locator('option').allInnerTexts()).toContain('German');
      await page.context().close();
    });

    it('says when the settings cannot be read, and reads them again when asked to', async () => {
      const { page, answer } = await open('about', {
        answers: { 'settings.read': failed('settings_unreadable', 'The settings file cannot be read.') },
      });
      await page.getByText(en.problems.settings).waitFor();
      await settle(page, 'settings-unreadable');
      await answer('settings.read', answered(settingsView({})));
      await page.getByRole('button', { name: en.common.retry }).click();
      await page.getByRole('heading', { name: en.nav.about }).waitFor();
      await page.context().close();
    });

    it('takes back a setting that could not be saved, and says so', async () => {
      const { page, answer } = await open('about');
      await answer('settings.write', failed('disk_full', 'The disk is full. Free some space.'));
      const launch = page.getByRole('switch', { name: en.about.launchAtLogin });
      await launch.click();
      await page.getByText('The disk is full. Free some space.').first().waitFor();
      expect(await launch.isChecked()).toBe(false);
      await settle(page, 'setting-not-saved');
      await page.context().close();
    });

    it('follows the theme that the settings say, whatever the system wants', async () => {
      const { page, push } = await open('about', { colorScheme: 'light' });
      const scheme = () => page.evaluate('getComputedStyle(document.documentElement).colorScheme');
      expect(await scheme()).toBe('light dark');
      await push('settings.changed', settingsView({ 'appearance.theme': 'dark' }));
      await expect.poll(scheme).toBe('dark');
      await page.context().close();
    });

    it('lists shortcuts with what is wrong with them, and takes one away', async () => {
      const { page, asked } = await open('shortcuts');
      await page.getByText(en.shortcuts.conflict, { exact: true }).waitFor();
      await settle(page, 'shortcuts');
      const action = en.shortcuts.actions.startStop;
      await page.getByRole('button', { name: `More for: ${action}` }).click();
      await page.getByRole('menuitem', { name: en.shortcuts.remove }).click();
      expect(await asked()).toContainEqual({
        name: 'settings.write',
        request: { key: 'shortcuts.startStop', value: null },
      });
      await page.context().close();
    });

    it('says before saving whether new keys are to be had', async () => {
      const { page, answer, asked } = await open('shortcuts');
      const view = { action: 'lock', accelerator: 'CommandOrControl+Shift+K', message: null };
      await answer('shortcuts.try', answered({ ...view, state: 'conflict', message: 'Taken by another.' }));
      await page.getByRole('button', { name: `Change the keys for: ${en.shortcuts.actions.lock}` }).click();
      const save = page.getByRole('button', { name: en.common.save });
      await page.keyboard.press('k');
      await page.getByText(en.shortcuts.needsModifier).waitFor();
      await page.keyboard.press('Control+Shift+K');
      await page.getByText('Taken by another.').waitFor();
      expect(await save.isDisabled()).toBe(true);
      await settle(page, 'shortcuts-taken', '[role=dialog]');
      await answer('shortcuts.try', answered({ ...view, state: 'active' }));
      await page.getByRole('dialog').getByRole('button', { name: 'Ctrl' }).press('Control+Shift+J');
      await page.getByText(en.shortcuts.free).waitFor();
      await save.click();
      expect(await asked()).toContainEqual({
        name: 'settings.write',
        request: { key: 'shortcuts.lock', value: 'CommandOrControl+Shift+J' },
      });
      await page.context().close();
    });

    it('shows a server that failed, a port that was taken, and who is connected', async () => {
      const { page, push } = await open('server');
      await push('server.changed', {
        ...SERVER,
        state: 'failed',
        error: { code: 'engine_failed', message: 'The speech engine ended five times in a minute.' },
        wantedPort: 8_000,
        engineRestarts: 5,
        viewers: 2,
        clients: [
          {
            id: 'agent-7',
            since: '2026-01-05T10:00:00.000Z',
            audioMs: 1_860_000,
            connected: false,
            published: true,
          },
        ],
      });
      await page.getByText(en.server.clientAway).waitFor();
      await settle(page, 'server-failed');
      await page.context().close();
    });

    it('hides tokens until they are asked for, and replaces one only after a question', async () => {
      const { page, answer, asked } = await open('server');
      const token = 'f'.repeat(43);
      await page.getByRole('button', { name: `Show the token: ${en.server.full}` }).waitFor();
      expect(await page.locator('body').innerText()).not.toContain(token);
      await page.getByRole('button', { name: `Show the token: ${en.server.full}` }).click();
      await page.getByText(token, { exact: true }).waitFor();
      await answer('server.rotateToken', answered({ full: 'n'.repeat(43), viewer: 'v'.repeat(43) }));
      await page.getByRole('button', { name: `Make a new token: ${en.server.full}` }).click();
      const question = page.getByRole('alertdialog', { name: en.server.rotateTitle });
      await settle(page, 'server-rotate', '[role=alertdialog]');
      expect((await asked()).map(({ name }) => name)).not.toContain('server.rotateToken');
      await question.getByRole('button', { name: en.server.rotate }).click();
      await page.getByText('n'.repeat(43), { exact: true }).waitFor();
      await page.context().close();
    });

    it('refuses a port and an address that are none', async () => {
      const { page } = await open('server');
      await page.getByLabel(en.server.port).fill('99999');
      await page.getByLabel(en.server.remote).fill('captions.example.org');
      await page.getByText(en.server.portError).waitFor();
      await page.getByText(en.server.remoteError).waitFor();
      expect(await page.getByRole('button', { name: en.common.save }).isDisabled()).toBe(true);
      await settle(page, 'server-wrong-settings');
      await page.context().close();
    });

    it('reports what a check of the machine found', async () => {
      const findings = [
        { check: 'node', status: 'ok', summary: 'Node 24.0.0 on linux x64' },
        {
          check: 'memory',
          status: 'warn',
          summary: '1.2 GB of 4 GB are free',
          advice: 'Close other programs, or choose a smaller model.',
        },
        { check: 'engine', status: 'fail', summary: 'The speech engine is not built', advice: 'Run npm ci.' },
      ];
      const { page } = await open('diagnostics', { answers: { 'diagnostics.run': answered(findings) } });
      await page.getByRole('button', { name: en.diagnostics.run }).click();
      await page.getByText('2 things need attention.').waitFor();
      await settle(page, 'diagnostics-findings');
      await page.context().close();
    });

    it('takes the first steps: a microphone, a model that comes meanwhile, a sentence', async () => {
      const { page, push, asked } = await open('captions', {
        settings: { 'app.firstRunDone': false },
        answers: { 'models.list': answered(models([])) },
      });
      await page.getByText(en.firstRun.microphone.granted).waitFor();
      await settle(page, 'first-run-microphone');
      await page.getByRole('button', { name: en.firstRun.next }).click();
      await page.getByRole('button', { name: en.firstRun.model.download }).click();
      expect(await asked()).toContainEqual({ name: 'models.pull', request: { name: 'base.en' } });
      await push('models.changed', models([downloading(61_000_000)]));
      await page.getByText('61 MB of 148 MB, about 1 min left').waitFor();
      await settle(page, 'first-run-model');
      await page.getByRole('button', { name: en.firstRun.next }).click();
      await push('captions.state', LISTENING);
      await push('captions.level', { rmsDb: -20, peakDb: -9 });
      await push('captions.message', final(0, 'Please save this slide in the evening.'));
      await page.getByText(en.firstRun.test.works).waitFor();
      await settle(page, 'first-run-test');
      await page.getByRole('button', { name: en.firstRun.finish }).click();
      expect(await asked()).toContainEqual({
        name: 'settings.write',
        request: { key: 'app.firstRunDone', value: true },
      });
      await page.context().close();
    });

    it('goes on with the first steps where they were left', async () => {
      const { page } = await open('captions', {
        settings: { 'app.firstRunDone': false },
        answers: { 'models.list': answered(models([downloading(1_000_000)])) },
      });
      await page.getByRole('heading', { name: en.firstRun.test.title }).waitFor();
      await page.context().close();
    });

    it('uses the recommended model instead of the demo as soon as it is there', async () => {
      const { page, push, asked } = await open('files', { answers: { 'models.list': answered(models([])) } });
      await push('models.changed', models([downloading(1_000_000)]));
      const installed = { ...models([]), available: [{ ...MODEL, installed: true }] };
      await push('models.changed', installed);
      await page.getByText('Captions are now made with base.en.').first().waitFor();
      expect(await asked()).toContainEqual({ name: 'models.use', request: { name: 'base.en' } });
      await page.context().close();
    });

    it('says what to do where the microphone is refused', async () => {
      const { page } = await open('captions', {
        settings: { 'app.firstRunDone': false },
        answers: {
          'permissions.read': answered({
            microphone: 'denied',
            systemAudio: { available: true, path: 'loopback', message: null },
          }),
        },
      });
      await page.getByText(en.firstRun.microphone.denied).waitFor();
      await settle(page, 'first-run-denied');
      await page.context().close();
    });

    it('shows another page where the main process asks for it, and reads from its heading', async () => {
      const { page, push } = await open('captions');
      await push('control.show', { page: 'server' });
      const heading = page.getByRole('heading', { name: en.nav.server, level: 1 });
      await heading.waitFor();
      await expect.poll(() => heading.evaluate((element) => element.matches(':focus'))).toBe(true);
      await page.context().close();
    });

    it('can be gone through with the keyboard alone', async () => {
      const { page, asked } = await open('captions');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      const start = page.getByRole('button', { name: en.captions.start });
      for (let presses = 0; presses < 3; presses += 1) {
        if (await start.evaluate((element) => element.matches(':focus-visible'))) break;
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
      expect((await asked()).map(({ name }) => name)).toContain('captions.start');
      await page.context().close();
    });
  },
);

function isInView(locator: Locator): Promise<boolean> {
  return locator.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    const log = element.closest('[role=log]')?.getBoundingClientRect();
    return log !== undefined && top >= log.top && bottom <= log.bottom;
  });
}

function models(downloads: readonly ModelDownload[]): ModelsView {
  return {
    folder: '/models',
    installed: [
      { name: 'starter.en', path: '/starter', bytes: 12_600_000, state: 'bundled', catalogue: null },
    ],
    available: [MODEL],
    downloads,
    inUse: 'starter.en',
  };
}

function downloading(bytes: number): ModelDownload {
  return {
    name: 'base.en',
    event: { type: 'downloading', bytes, totalBytes: MODEL.bytes },
    bytesPerSecond: 1_500_000,
    error: null,
  };
}
