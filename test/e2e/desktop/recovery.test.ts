import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { countWordErrors } from '../../../src/core/transcript/word-error-rate.ts';
import { ask } from '../../fixtures/desktop/ask.ts';
import {
  DESKTOP_SUITE,
  type DesktopApp,
  type DesktopAppOptions,
  desktopMissing,
  launchDesktopApp,
} from '../../fixtures/desktop/desktop-app.ts';
import { crashPage, hangPage, nextEngine } from '../../fixtures/desktop/processes.ts';
import { type CaptionsWatch, watchCaptions } from '../../fixtures/desktop/watch-captions.ts';

if (desktopMissing) console.warn(desktopMissing);

const talk = fileURLToPath(new URL('../../../resources/samples/talk.wav', import.meta.url));
/** What is said first in it, as the starter model hears it. */
const OPENING = ['Welcome to our fifth interview.', 'Please save this slide in the evening.'];

/**
 * Words of the opening that were not heard at all. On a machine that is busy with other suites the microphone's samples
 * come unevenly and a word may be misheard, which is not what these tests are about.
 */
function wordsMissing(texts: readonly string[]): number {
  return countWordErrors(OPENING.join(' '), texts.join(' ')).deletions;
}

/** `docs/recovery.md` is made of these lines. */
function tookSince(startedAtMs: number, what: string): void {
  console.info(`recovery: ${what}: ${Math.round(performance.now() - startedAtMs)} ms`);
}

describe.skipIf(desktopMissing)('captions of the desktop app', DESKTOP_SUITE, () => {
  let app: DesktopApp;
  const cleanups: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
  });

  async function listening(options: DesktopAppOptions = {}): Promise<CaptionsWatch> {
    app = await launchDesktopApp({ microphone: talk, ...options });
    cleanups.push(() => app.close());
    const captions = await watchCaptions(await app.window('index.html'));
    await ask(captions.page, 'captions.start');
    await captions.state(({ phase }) => phase === 'listening');
    return captions;
  }

  it('go on in a new window when the one that captures crashes, and say so', async () => {
    const captions = await listening();
    await captions.finals(1);
    await captions.forget();
    const crashedAtMs = performance.now();
    await crashPage(app, 'capture.html');
    expect((await captions.state(({ audio }) => audio === 'lost')).problem).toEqual({
      code: 'capture_failed',
      message: 'The part of Surtitle that listens failed and is being started again.',
      severity: 'warning',
    });
    const back = await captions.state(({ problem }) => problem?.code === 'device_back');
    tookSince(crashedAtMs, 'capture window crashed');
    expect(back).toMatchObject({ phase: 'listening', audio: 'flowing', problem: { severity: 'notice' } });
    expect((await captions.finals(2)).length).toBeGreaterThan(0);
  });

  it('go on in a new window when the one that captures hangs', async () => {
    const captions = await listening();
    await captions.finals(1);
    await captions.forget();
    const hungAtMs = performance.now();
    await hangPage(app, 'capture.html');
    await captions.state(({ problem }) => problem?.code === 'device_back');
    tookSince(hungAtMs, 'capture window hung');
    expect((await captions.finals(1)).length).toBeGreaterThan(0);
  });

  it.each(['SIGKILL', 'SIGSEGV'] as const)('lose nothing when the engine gets %s', async (signal) => {
    const captions = await listening();
    await captions.finals(1);
    const pid = await nextEngine(app);
    const killedAtMs = performance.now();
    process.kill(pid, signal);
    await nextEngine(app, [pid]);
    const { problem } = await captions.state(({ problem: told }) => told?.code === 'engine_restarted');
    tookSince(killedAtMs, `engine ${signal}`);
    expect(problem).toMatchObject({
      severity: 'notice',
      message:
        'The speech engine failed and was started again. Captions go on, and nothing that was said is lost.',
    });
    expect(wordsMissing(await captions.finals(4))).toBe(0);
    expect(await captions.state(({ connection }) => connection === 'open')).toMatchObject({
      phase: 'listening',
    });
  });

  it('say what to do when the engine crashes again and again, and go on when that was done', async () => {
    const captions = await listening();
    await captions.finals(1);
    const killed: number[] = [];
    for (let crash = 0; crash < 3; crash++) {
      const pid = await nextEngine(app, killed);
      killed.push(pid);
      process.kill(pid, 'SIGSEGV');
    }
    const { problem } = await captions.state(({ problem: told }) => told?.code === 'engine_unavailable');
    expect(problem).toMatchObject({
      severity: 'error',
      message: expect.stringContaining('Start the server again'),
    });
    await captions.forget();
    const askedAtMs = performance.now();
    await ask(captions.page, 'server.restart');
    await captions.state(
      ({ connection, problem: told }) => connection === 'open' && told?.severity !== 'error',
    );
    tookSince(askedAtMs, 'engine crash loop, after restart');
    expect((await captions.finals(1)).length).toBe(1);
  });

  it('use another port where the wanted one is taken, and the server says so', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => squatter.close(resolve)));
    const { port } = squatter.address() as { readonly port: number };
    const captions = await listening({ settings: { 'server.port': port } });
    expect((await captions.finals(1)).length).toBe(1);
    expect(await ask(captions.page, 'server.status')).toMatchObject({
      value: { state: 'ready', wantedPort: port },
    });
  });

  it('lose nothing when a server elsewhere is restarted', async () => {
    const port = await freePort();
    const other = await launchDesktopApp({ settings: { 'server.port': port } });
    cleanups.push(() => other.close());
    const page = await other.window('index.html');
    await runningServer(page);
    const tokens = (await ask(page, 'server.tokens')) as unknown as { value: { full: string } };
    const captions = await listening({
      settings: { 'server.remote': `ws://127.0.0.1:${port}/?token=${tokens.value.full}` },
    });
    await captions.finals(1);
    const restartedAtMs = performance.now();
    await ask(page, 'server.restart');
    const lost = await captions.state(({ connection }) => connection === 'lost');
    expect(lost.problem).toMatchObject({
      code: 'connection_lost',
      message: expect.stringContaining('keeps what is said meanwhile'),
    });
    await captions.state(({ problem }) => problem?.code === 'connection_back');
    tookSince(restartedAtMs, 'remote server restarted');
    expect(wordsMissing(await captions.finals(4))).toBe(0);
  });

  it('are looked after when the machine wakes up', async () => {
    const captions = await listening();
    await captions.finals(1);
    await app.electron.evaluate(({ powerMonitor }) => {
      powerMonitor.emit('suspend');
      powerMonitor.emit('resume');
    });
    const { problem } = await captions.state(({ problem: told }) => told?.code === 'woke_up');
    expect(problem?.message).toBe('The computer was asleep. Captions go on.');
    expect(wordsMissing(await captions.finals(4))).toBe(0);
  });
});

/** Waits for the app’s own server. */
async function runningServer(page: CaptionsWatch['page']): Promise<void> {
  for (;;) {
    const { value } = (await ask(page, 'server.status')) as unknown as { value: { state: string } };
    if (value.state === 'ready') return;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
