import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../../fixtures/desktop/ask.ts';
import { DESKTOP_SUITE, desktopMissing, launchDesktopApp } from '../../fixtures/desktop/desktop-app.ts';
import { eventually } from '../../fixtures/desktop/eventually.ts';
import { keptCaptions } from '../../fixtures/desktop/kept-captions.ts';
import {
  bannerWith,
  keepShot,
  tookSince,
  untilFinals,
  untilState,
} from '../../fixtures/desktop/recovery-bench.ts';

if (desktopMissing) console.warn(desktopMissing);

const talk = fileURLToPath(new URL('../../../resources/samples/talk.wav', import.meta.url));

describe.skipIf(desktopMissing)('the desktop app that starts with something amiss', DESKTOP_SUITE, () => {
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
  });

  it('says that its settings are damaged, keeps no captions until they are mended, and loses none of them', async () => {
    const home = await mkdtemp(path.join(tmpdir(), 'surtitle-recovery-'));
    cleanups.push(() => rm(home, { recursive: true, force: true, maxRetries: 3 }));
    const damaged = '{"version":1,"app.firstRunDone":true,"server.po';
    const good = { version: 1, 'app.firstRunDone': true, 'server.port': 0, 'appearance.lines': 3 };
    await writeFile(path.join(home, 'settings.json'), damaged);
    await writeFile(path.join(home, 'settings.last-good.json'), JSON.stringify(good));
    const app = await launchDesktopApp({ microphone: talk, home });
    cleanups.push(() => app.close());
    const page = await app.window('index.html');
    expect(await bannerWith(page, 'cannot be read')).toContain('The last good ones are used');
    await ask(page, 'captions.start');
    const state = await untilState(page, ({ phase, problem }) => phase === 'listening' && problem !== null);
    expect(state).toMatchObject({
      keeping: 'off',
      problem: { code: 'history_not_kept', severity: 'warning' },
    });
    await bannerWith(page, 'nothing is kept in the history');
    await keepShot(page, 'settings-damaged');
    await untilFinals(page, 1);
    expect(await keptCaptions(home)).toEqual([]);

    await ask(page, 'settings.write', { key: 'appearance.lines', value: 2 });
    await bannerWith(page, 'what was in it is kept as');
    const aside = (await readdir(home)).filter((name) => name.startsWith('settings.json.damaged-'));
    expect(aside).toHaveLength(1);
    expect(await readFile(path.join(home, String(aside[0])), 'utf8')).toBe(damaged);
    await untilState(page, ({ keeping, problem }) => keeping === 'on' && problem === null);
    await eventually(
      () => keptCaptions(home),
      (kept) => kept.length > 0,
      60_000,
    );
  });

  it('says that its model is missing, and captions once another was chosen', async () => {
    const app = await launchDesktopApp({ microphone: talk, settings: { 'captions.model': 'base.en' } });
    cleanups.push(() => app.close());
    const page = await app.window('index.html');
    await ask(page, 'captions.start');
    const { problem } = await untilState(page, ({ phase, problem }) => phase === 'idle' && problem !== null);
    expect(problem).toMatchObject({ code: 'model_not_found', severity: 'error' });
    expect(problem?.message).toBe(
      'The model “base.en” is not on this machine. Choose another model, or download it on the Models page.',
    );
    await bannerWith(page, 'is not on this machine');
    await keepShot(page, 'model-missing');
    const chosenAtMs = performance.now();
    await ask(page, 'settings.write', { key: 'captions.model', value: 'starter.en' });
    await ask(page, 'captions.start');
    await untilState(page, ({ phase, connection }) => phase === 'listening' && connection === 'open');
    tookSince(chosenAtMs, 'model missing, after another was chosen');
    expect((await untilFinals(page, 1)).length).toBeGreaterThan(0);
  });

  it('takes another port where the wanted one is taken, and the Server page says so', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => squatter.close(resolve)));
    const { port } = squatter.address() as { readonly port: number };
    const app = await launchDesktopApp({ microphone: talk, settings: { 'server.port': port } });
    cleanups.push(() => app.close());
    const page = await app.window('index.html');
    await page.getByRole('link', { name: 'Server' }).first().click();
    const told = page.getByRole('main').getByText(String(port));
    await told.first().waitFor();
    await page.getByRole('main').getByText('http://127.0.0.1').first().waitFor();
    expect(await page.getByText('The server does not run').count()).toBe(0);
    await keepShot(page, 'port-taken');
    expect(await told.first().innerText()).toContain(String(port));
    await ask(page, 'captions.start');
    expect((await untilFinals(page, 1)).length).toBeGreaterThan(0);
  });
});
