import { mkdtemp, readFile, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { ask } from '../../fixtures/desktop/ask.ts';
import {
  DESKTOP_SUITE,
  type DesktopApp,
  desktopMissing,
  launchDesktopApp,
} from '../../fixtures/desktop/desktop-app.ts';
import { openDisplay } from '../../fixtures/desktop/display.ts';
import { eventually } from '../../fixtures/desktop/eventually.ts';
import { keptCaptions } from '../../fixtures/desktop/kept-captions.ts';
import {
  bannerWith,
  keepShot,
  tookSince,
  untilFinals,
  untilState,
} from '../../fixtures/desktop/recovery-bench.ts';
import { mountSmallDisk, smallDisksMissing } from '../../fixtures/small-disk.ts';

if (desktopMissing) console.warn(desktopMissing);

const talk = fileURLToPath(new URL('../../../resources/samples/talk.wav', import.meta.url));

describe.skipIf(desktopMissing)('what the desktop app keeps', DESKTOP_SUITE, () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
  });

  async function emptyHome(): Promise<string> {
    const home = await mkdtemp(path.join(tmpdir(), 'surtitle-recovery-'));
    cleanups.push(() => rm(home, { recursive: true, force: true, maxRetries: 3 }));
    return home;
  }

  it('is all that was shown when the main process is killed, and the next start captions again', async () => {
    const home = await emptyHome();
    const display = await openDisplay();
    cleanups.push(() => display.close());
    const first = await launchDesktopApp({ microphone: talk, home, display });
    const page = await first.window('index.html');
    await ask(page, 'captions.start');
    const shown = await untilFinals(page, 3);
    const pids = await processesOf(first);
    expect(pids.length).toBeGreaterThan(3);
    first.electron.process().kill('SIGKILL');
    await eventually(
      () => alive(pids),
      (left) => left.length === 0,
    );
    expect((await keptCaptions(home)).slice(0, shown.length)).toEqual(shown);

    const startedAtMs = performance.now();
    const second = await launchDesktopApp({ microphone: talk, home, display });
    cleanups.push(() => second.close());
    const again = await second.window('index.html');
    await ask(again, 'captions.start');
    await untilState(again, ({ phase, connection }) => phase === 'listening' && connection === 'open');
    tookSince(startedAtMs, 'main process killed, from the next start');
    expect((await untilFinals(again, 1)).length).toBeGreaterThan(0);
    const sessions = await ask(again, 'history.list');
    expect(JSON.stringify(sessions)).toContain('"state":"interrupted"');
  });

  it('waits in memory while there is a file where its folder should be, and the user is told', async () => {
    const home = await emptyHome();
    const obstacle = path.join(home, 'history');
    await writeFile(obstacle, 'in the way');
    const app = await launchDesktopApp({ microphone: talk, home });
    cleanups.push(() => app.close());
    await waitsUntil(app, 'history-unwritable', () => unlink(obstacle));
  });

  it.skipIf(smallDisksMissing)(
    `waits in memory while the disk is full, and the user is told${smallDisksMissing}`,
    async () => {
      const home = await emptyHome();
      const disk = mountSmallDisk(64);
      cleanups.push(() => disk.remove());
      await symlink(disk.folder, path.join(home, 'history'));
      const filler = path.join(disk.folder, 'filler.bin');
      await writeFile(filler, Buffer.alloc(200_000)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOSPC') throw error;
      });
      expect((await readFile(filler)).length).toBeGreaterThan(50_000);
      const app = await launchDesktopApp({ microphone: talk, home });
      cleanups.push(() => app.close());
      await waitsUntil(app, 'disk-full', () => unlink(filler));
    },
  );

  /** Captions, sees that nothing can be kept, mends that, and sees that all was kept. */
  async function waitsUntil(app: DesktopApp, shot: string, mend: () => Promise<void>): Promise<void> {
    const page = await app.window('index.html');
    await ask(page, 'captions.start');
    const failing = await untilState(page, ({ keeping }) => keeping === 'failing');
    expect(failing).toMatchObject({
      phase: 'listening',
      problem: {
        severity: 'warning',
        message: expect.stringContaining('are kept as soon as it can be written'),
      },
    });
    const shown = await untilFinals(page, 2);
    expect(await keptOrNothing(app.home)).toEqual([]);
    await bannerWith(page, 'are kept as soon as it can be written');
    await keepShot(page, shot);
    const mendedAtMs = performance.now();
    await mend();
    const { problem } = await untilState(page, ({ keeping }) => keeping === 'on');
    tookSince(mendedAtMs, `${shot}, after there was room again`);
    expect(problem).toMatchObject({ code: 'history_written', severity: 'notice' });
    expect((await keptCaptions(app.home)).slice(0, shown.length)).toEqual(shown);
  }
});

async function keptOrNothing(home: string): Promise<string[]> {
  return keptCaptions(home).catch(() => []);
}

function processesOf(app: DesktopApp): Promise<number[]> {
  return app.electron.evaluate(({ app: electron }) => electron.getAppMetrics().map(({ pid }) => pid));
}

/** Those of them that still run; one that nobody has waited for yet does not. */
async function alive(pids: readonly number[]): Promise<number[]> {
  const running: number[] = [];
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (stat !== '' && !/\) [ZX] /u.test(stat)) running.push(pid);
  }
  return running;
}
