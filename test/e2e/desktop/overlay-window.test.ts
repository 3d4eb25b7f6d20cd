import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallResult } from '../../../src/ipc/desktop-global.ts';
import { ask as askFrom } from '../../fixtures/desktop/ask.ts';
import {
  DESKTOP_SUITE,
  type DesktopApp,
  desktopMissing,
  launchDesktopApp,
} from '../../fixtures/desktop/desktop-app.ts';
import { type Display, openDisplay } from '../../fixtures/desktop/display.ts';
import { eventually } from '../../fixtures/desktop/eventually.ts';

if (desktopMissing) console.warn(desktopMissing);

/** As often the window is seen unchanged before it counts as settled. */
const LOOKS_AT_REST = 6;

interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface OverlayFacts {
  readonly visible: boolean;
  readonly alwaysOnTop: boolean;
  readonly focusable: boolean;
  readonly bounds: Bounds;
  readonly workArea: Bounds;
}

describe.skipIf(desktopMissing)('the captions window', DESKTOP_SUITE, () => {
  let home: string;
  let display: Display;
  let app: DesktopApp;

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'surtitle-overlay-'));
    display = await openDisplay();
  });

  afterEach(async () => {
    await app.close();
    await display.close();
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  });

  async function launch(settings?: Readonly<Record<string, unknown>>): Promise<void> {
    app = await launchDesktopApp({ home, display, ...(settings ? { settings } : {}) });
    await app.window('captions.html');
    await app.window('index.html');
    // Its page tells how tall captions are, and again once it knows the settings.
    let last: OverlayFacts | null = null;
    let looks = 0;
    await eventually(facts, (now) => {
      looks = isDeepStrictEqual(now, last) ? looks + 1 : 0;
      last = now;
      return now.bounds.height !== 120 && looks >= LOOKS_AT_REST;
    });
  }

  function facts(): Promise<OverlayFacts> {
    return app.electron.evaluate(({ BrowserWindow, screen }) => {
      const overlay = BrowserWindow.getAllWindows().find((window) =>
        window.webContents.getURL().includes('/captions.html'),
      );
      if (!overlay) throw new Error('There is no captions window.');
      return {
        visible: overlay.isVisible(),
        alwaysOnTop: overlay.isAlwaysOnTop(),
        focusable: overlay.isFocusable(),
        bounds: overlay.getBounds(),
        workArea: screen.getDisplayMatching(overlay.getBounds()).workArea,
      };
    });
  }

  const ask = async (name: string, request?: unknown): Promise<CallResult> =>
    askFrom(await app.window('index.html'), name, request);
  const write = (key: string, value: unknown): Promise<unknown> => ask('settings.write', { key, value });
  const shown = (): Promise<OverlayFacts> => eventually(facts, ({ visible }) => visible);
  const xdotool = (...args: string[]): string =>
    execFileSync('xdotool', args, { env: { ...process.env, DISPLAY: display.name }, encoding: 'utf8' });

  /** Ids of the windows with such a name; none while they have no title yet. */
  function windowsNamed(name: string): readonly string[] {
    try {
      return xdotool('search', '--name', name).trim().split('\n');
    } catch {
      return [];
    }
  }

  it('stays out of sight while there is nothing to show', async () => {
    await launch();
    expect((await facts()).visible).toBe(false);
  });

  it('is above other windows, takes no focus and stands within the screen once it is shown', async () => {
    await launch({ 'overlay.locked': false });
    const { bounds, workArea, ...flags } = await shown();
    expect(flags).toEqual({ visible: true, alwaysOnTop: true, focusable: false });
    expect(bounds.x).toBeGreaterThanOrEqual(workArea.x);
    expect(bounds.y).toBeGreaterThanOrEqual(workArea.y);
    expect(bounds.x + bounds.width).toBeLessThanOrEqual(workArea.x + workArea.width);
    expect(bounds.y + bounds.height).toBeLessThanOrEqual(workArea.y + workArea.height);
  });

  it('stays in sight on another workspace', async () => {
    await launch({ 'overlay.locked': false });
    await shown();
    const id = xdotool('search', '--name', 'Surtitle captions').trim();
    xdotool('set_num_desktops', '2', 'set_desktop', '1');
    const control = await eventually(
      () => windowsNamed(' – Surtitle$').at(-1) ?? '',
      (found) => found !== '',
    );
    const mapState = (window: string): string =>
      execFileSync('xwininfo', ['-id', window], {
        env: { ...process.env, DISPLAY: display.name },
        encoding: 'utf8',
      });
    await eventually(
      () => mapState(control),
      (text) => !text.includes('IsViewable'),
    );
    expect(mapState(id)).toContain('IsViewable');
  });

  it('makes room for a panel that appears where it stands, and comes back when that goes', async () => {
    await launch({ 'overlay.locked': false });
    const before = await shown();
    const control = await eventually(
      () => windowsNamed(' – Surtitle$').at(-1) ?? '',
      (found) => found !== '',
    );
    const reserve = (pixels: number): string =>
      execFileSync(
        'xprop',
        ['-id', control, '-f', '_NET_WM_STRUT', '32c', '-set', '_NET_WM_STRUT', `0, 0, 0, ${pixels}`],
        { env: { ...process.env, DISPLAY: display.name }, encoding: 'utf8' },
      );
    reserve(200);
    const inside = ({ bounds, workArea }: OverlayFacts): boolean =>
      bounds.y + bounds.height <= workArea.y + workArea.height;
    const moved = await eventually(
      facts,
      (now) => now.workArea.height < before.workArea.height && inside(now),
    );
    expect(moved.bounds.x).toBe(before.bounds.x);
    reserve(0);
    await eventually(facts, ({ bounds }) => bounds.y === before.bounds.y);
  });

  it('lets clicks through while it is locked, and takes them while it is not', async () => {
    await launch({ 'overlay.locked': false });
    await shown();
    const overlay = await app.window('captions.html');
    const control = await app.window('index.html');
    await app.electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()
        .find((window) => window.webContents.getURL().includes('/index.html'))
        ?.maximize();
    });
    for (const page of [overlay, control]) {
      await page.evaluate(
        "globalThis.clicks = 0; addEventListener('mousedown', () => { clicks += 1; }, true)",
      );
    }
    const clicks = async (): Promise<readonly unknown[]> => [
      await overlay.evaluate('clicks'),
      await control.evaluate('clicks'),
    ];
    const { bounds } = await facts();
    const click = (): string =>
      xdotool(
        'mousemove',
        `${(bounds.x + bounds.width / 2) | 0}`,
        `${(bounds.y + bounds.height / 2) | 0}`,
        'click',
        '1',
      );

    click();
    await eventually(clicks, ([above, beneath]) => above === 1 && beneath === 0);
    await write('overlay.locked', true);
    // While nothing is captioned, a locked one is not shown at all.
    await ask('captions.start');
    await shown();
    click();
    await eventually(clicks, ([above, beneath]) => above === 1 && beneath === 1);
    expect(await ask('overlay.read')).toMatchObject({
      ok: true,
      value: { locked: true, clickThrough: { works: true, reason: null } },
    });
  });

  it('stands at the bottom or the top as its setting says', async () => {
    await launch({ 'overlay.locked': false });
    const bottom = await shown();
    await write('overlay.position', 'top');
    const top = await eventually(facts, ({ bounds }) => bounds.y < bottom.bounds.y);
    expect(bottom.workArea.height - bottom.bounds.y - bottom.bounds.height).toBe(24);
    expect(top.bounds).toEqual({ ...bottom.bounds, y: top.workArea.y + 24 });
  });

  it('grows with its captions away from the edge it stands at', async () => {
    await launch({ 'overlay.locked': false });
    const before = await shown();
    await write('appearance.lines', 4);
    const { bounds } = await eventually(facts, (now) => now.bounds.height > before.bounds.height + 20);
    expect(bounds.y + bounds.height).toBe(before.bounds.y + before.bounds.height);
  });

  it('is dragged and widened while it is unlocked, and is there again after a restart', async () => {
    await launch({ 'overlay.locked': false });
    const before = await shown();
    await ask('overlay.drag', { edge: 'move', deltaX: -150, deltaY: -300 });
    await ask('overlay.drag', { edge: 'right', deltaX: 80, deltaY: 0 });
    const wanted = {
      ...before.bounds,
      x: before.bounds.x - 150,
      y: before.bounds.y - 300,
      width: before.bounds.width + 80,
    };
    expect((await facts()).bounds).toEqual(wanted);
    await eventually(
      () => ask('overlay.read'),
      (view) => (view as { value: { position: string } }).value.position === 'free',
    );
    await app.close();
    await launch();
    const after = await shown();
    expect(Math.abs(after.bounds.x - wanted.x)).toBeLessThanOrEqual(1);
    // Of other height, it is as far from the edges in proportion.
    const taller = Math.abs(after.bounds.height - wanted.height);
    expect(Math.abs(after.bounds.y - wanted.y)).toBeLessThanOrEqual(1 + taller);
    expect(after.bounds.width).toBe(wanted.width);
  });

  it('cannot be dragged off the screen', async () => {
    await launch({ 'overlay.locked': false });
    await shown();
    await ask('overlay.drag', { edge: 'move', deltaX: 9_000, deltaY: -9_000 });
    const { bounds, workArea } = await facts();
    expect([bounds.x + bounds.width, bounds.y]).toEqual([workArea.x + workArea.width, workArea.y]);
  });

  it('is not dragged while it is locked', async () => {
    await launch();
    const before = await facts();
    await ask('overlay.drag', { edge: 'move', deltaX: -100, deltaY: -100 });
    expect(await facts()).toEqual(before);
  });

  it('goes back to its preset when it is asked to', async () => {
    await launch({ 'overlay.locked': false });
    const before = await shown();
    await ask('overlay.drag', { edge: 'left', deltaX: -100, deltaY: 0 });
    await eventually(
      () => readFile(path.join(home, 'desktop', 'window-state.json'), 'utf8').catch(() => ''),
      (text) => text.includes('"width"'),
    );
    await ask('overlay.resetPosition');
    // Its page tells a moment later how tall captions are at that width.
    await eventually(facts, ({ bounds }) => isDeepStrictEqual(bounds, before.bounds));
  });

  it('loads its captions again when their process fails', async () => {
    await launch({ 'overlay.locked': false });
    const address = await app.electron.evaluate(
      ({ BrowserWindow }) =>
        new Promise<string>((resolve) => {
          const contents = BrowserWindow.getAllWindows().find((window) =>
            window.webContents.getURL().includes('/captions.html'),
          )?.webContents;
          contents?.once('did-finish-load', () => resolve(contents.getURL()));
          contents?.forcefullyCrashRenderer();
        }),
    );
    expect(address).toBe('app://surtitle/captions.html');
  });
});
