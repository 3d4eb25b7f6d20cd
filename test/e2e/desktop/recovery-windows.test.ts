import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../../fixtures/desktop/ask.ts';
import {
  DESKTOP_SUITE,
  type DesktopApp,
  desktopMissing,
  launchDesktopApp,
} from '../../fixtures/desktop/desktop-app.ts';
import { eventually } from '../../fixtures/desktop/eventually.ts';
import { crashPage, textOf } from '../../fixtures/desktop/processes.ts';
import {
  bannerWith,
  keepShot,
  tookSince,
  untilFinals,
  untilState,
} from '../../fixtures/desktop/recovery-bench.ts';

if (desktopMissing) console.warn(desktopMissing);

const talk = fileURLToPath(new URL('../../../resources/samples/talk.wav', import.meta.url));

describe.skipIf(desktopMissing)(
  'windows of the desktop app that fail while it captions',
  DESKTOP_SUITE,
  () => {
    let app: DesktopApp | null = null;
    afterEach(async () => {
      await app?.close();
      app = null;
    });

    it('are the control window: captions go on above, and it comes back and shows them', async () => {
      const running = await launchDesktopApp({ microphone: talk });
      app = running;
      const control = await running.window('index.html');
      const overlay = await running.window('captions.html');
      await ask(control, 'captions.start');
      const before = await untilFinals(overlay, 1);
      const crashedAtMs = performance.now();
      await crashPage(running, 'index.html');
      const [first = ''] = before;
      const shown = () => textOf(running, 'index.html');
      await eventually(shown, (text) => text.includes(first), 30_000);
      tookSince(crashedAtMs, 'control window crashed');
      const state = await untilState(overlay, ({ phase }) => phase === 'listening');
      expect(state).toMatchObject({ audio: 'flowing', connection: 'open', problem: null });
      const after = await untilFinals(overlay, before.length + 2);
      await overlay.locator('.caption-line').first().waitFor();
      await eventually(shown, (text) => text.includes(after.at(-1) ?? first));
    });

    it('are the one that captures, again and again: it says so, and Start captions again', async () => {
      app = await launchDesktopApp({ microphone: talk });
      const page = await app.window('index.html');
      await ask(page, 'captions.start');
      await untilFinals(page, 1);
      const crashedAtMs = performance.now();
      const crashes = crashEveryCapture(app);
      const { problem } = await untilState(page, ({ phase }) => phase === 'idle');
      tookSince(crashedAtMs, 'capture window crashed again and again, until given up');
      expect(await crashes.end()).toBe(4);
      expect(problem).toMatchObject({ code: 'capture_failed', severity: 'error' });
      await bannerWith(page, 'The part of Surtitle that listens failed. Start captions again');
      await keepShot(page, 'capture-failed');
      const startedAtMs = performance.now();
      await ask(page, 'captions.start');
      await untilState(page, ({ phase, audio }) => phase === 'listening' && audio === 'flowing');
      tookSince(startedAtMs, 'capture window crashed again and again, after Start');
      expect((await untilFinals(page, 1)).length).toBeGreaterThan(0);
    });
  },
);

/** Crashes each window that captures as soon as it is loaded, until it is told to end. */
function crashEveryCapture(app: DesktopApp): { end(): Promise<number> } {
  const started = app.electron.evaluate(({ app: electron, BrowserWindow }) => {
    const scope = globalThis as { crashes?: { count: number; end: boolean } };
    const crashes = { count: 0, end: false };
    scope.crashes = crashes;
    const crash = (contents: Electron.WebContents): void => {
      if (crashes.end || contents.isDestroyed() || !contents.getURL().endsWith('/capture.html')) return;
      crashes.count++;
      contents.forcefullyCrashRenderer();
    };
    electron.on('web-contents-created', (_event, contents) => {
      contents.on('did-finish-load', () => crash(contents));
    });
    for (const { webContents } of BrowserWindow.getAllWindows()) crash(webContents);
  });
  return {
    async end() {
      await started;
      return app.electron.evaluate(() => {
        const { crashes } = globalThis as unknown as { crashes: { count: number; end: boolean } };
        crashes.end = true;
        return crashes.count;
      });
    },
  };
}
