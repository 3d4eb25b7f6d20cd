import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ask } from '../../fixtures/desktop/ask.ts';
import {
  DESKTOP_SUITE,
  type DesktopApp,
  desktopMissing,
  launchDesktopApp,
} from '../../fixtures/desktop/desktop-app.ts';
import { keptCaptions } from '../../fixtures/desktop/kept-captions.ts';
import { watchCaptions } from '../../fixtures/desktop/watch-captions.ts';

if (desktopMissing) console.warn(desktopMissing);

const sample = (name: string): string =>
  fileURLToPath(new URL(`../../../resources/samples/${name}`, import.meta.url));
const THANKS = 'Thank you for your message.';

describe.skipIf(desktopMissing)('live captions of the desktop app', DESKTOP_SUITE, () => {
  let app: DesktopApp | null = null;
  afterEach(async () => {
    await app?.close();
    app = null;
  });

  it('show what the microphone hears, keep it, and show it to viewers', async () => {
    app = await launchDesktopApp({ microphone: sample('clip01-seen.wav') });
    const page = await app.window('index.html');
    const captions = await watchCaptions(page);
    const viewer = await openViewer(page);
    await ask(page, 'captions.start');
    expect(await captions.finals(1)).toEqual([THANKS]);
    expect(await viewer.final).toBe(THANKS);
    expect(await captions.state(({ phase }) => phase === 'listening')).toMatchObject({
      source: 'microphone',
      path: 'microphone',
      model: 'starter.en',
      connection: 'open',
      keeping: 'on',
    });
    await ask(page, 'captions.stop');
    await captions.state(({ phase }) => phase === 'idle');
    expect(await keptCaptions(app.home)).toEqual([THANKS]);
  });

  it('are not kept once the history is switched off', async () => {
    app = await launchDesktopApp({
      microphone: sample('clip09-seen.wav'),
      settings: { 'history.enabled': true },
    });
    const page = await app.window('index.html');
    const captions = await watchCaptions(page);
    await ask(page, 'captions.start');
    const [first] = await captions.finals(1);
    await ask(page, 'settings.write', { key: 'history.enabled', value: false });
    await captions.state(({ keeping, phase }) => phase === 'listening' && keeping === 'off');
    await captions.finals(2);
    await ask(page, 'captions.stop');
    await captions.state(({ phase }) => phase === 'idle');
    expect(await keptCaptions(app.home)).toEqual([first]);
  });

  it('go on in a new session when the vocabulary is changed', async () => {
    app = await launchDesktopApp({ microphone: sample('talk.wav') });
    const page = await app.window('index.html');
    const captions = await watchCaptions(page);
    await ask(page, 'captions.start');
    await captions.finals(2);
    await ask(page, 'settings.write', { key: 'vocabulary.terms', value: ['Dublin', 'Oliver'] });
    const texts = await captions.finals(8);
    expect(texts.join(' ')).toContain('There are eleven cars on the table.');
    const messages = await page.evaluate(
      () => (globalThis as unknown as { watched: { messages: { type: string }[] } }).watched.messages,
    );
    expect(messages.filter(({ type }) => type === 'session_started')).toHaveLength(2);
    expect(await captions.problems()).toEqual([]);
  });

  it('hear nothing while paused, and go on afterwards', async () => {
    app = await launchDesktopApp({ microphone: sample('talk.wav') });
    const page = await app.window('index.html');
    const captions = await watchCaptions(page);
    await ask(page, 'captions.start');
    await captions.finals(1);
    await ask(page, 'captions.pause');
    expect(await captions.state(({ phase, audio }) => phase === 'paused' && audio === 'none')).toMatchObject({
      connection: 'open',
    });
    await captions.forget();
    await ask(page, 'captions.resume');
    await captions.state(({ phase, audio }) => phase === 'listening' && audio === 'flowing');
    expect((await captions.finals(1)).length).toBeGreaterThan(0);
  });
});

/** Watches `/captions` of the app’s server as OBS does. */
async function openViewer(page: Parameters<typeof ask>[0]) {
  const started = async (): Promise<string> => {
    for (;;) {
      const status = (await ask(page, 'server.status')) as unknown as { value: { url: string | null } };
      if (status.value.url !== null) return status.value.url;
    }
  };
  const url = (await started()).replace(/^http/u, 'ws');
  const tokens = (await ask(page, 'server.tokens')) as unknown as { value: { viewer: string } };
  const socket = new WebSocket(`${url}/captions`, {
    headers: { authorization: `Bearer ${tokens.value.viewer}` },
  });
  const final = new Promise<string>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; text?: string };
      if (message.type !== 'final') return;
      socket.close();
      resolve(message.text ?? '');
    });
  });
  return { final };
}
