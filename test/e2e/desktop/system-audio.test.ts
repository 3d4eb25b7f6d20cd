import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../../fixtures/desktop/ask.ts';
import {
  DESKTOP_SUITE,
  type DesktopApp,
  desktopMissing,
  launchDesktopApp,
} from '../../fixtures/desktop/desktop-app.ts';
import { watchCaptions } from '../../fixtures/desktop/watch-captions.ts';
import { PulseAudio, pulseAudioMissing } from '../../fixtures/pulse-audio.ts';

const sample = (name: string): string =>
  fileURLToPath(new URL(`../../../resources/samples/${name}`, import.meta.url));
const THANKS = 'Thank you for your message.';
const missing = desktopMissing ?? pulseAudioMissing;
if (missing) console.warn(`System audio: ${missing}.`);

describe.skipIf(missing)(
  `system audio of the desktop app${missing ? ` (${missing})` : ''}`,
  DESKTOP_SUITE,
  () => {
    let pulse: PulseAudio;
    let app: DesktopApp | null = null;

    beforeEach(async () => {
      pulse = await PulseAudio.start();
      await pulse.plugOutput('speakers', 'Speakers');
      await pulse.control('set-default-sink', 'speakers');
    });

    afterEach(async () => {
      await app?.close();
      app = null;
      await pulse.close();
    });

    /** @param loopback whether it can be had: Chromium’s stand-in for its permission dialog refuses it. */
    async function launch(source: 'system' | 'both', { loopback }: { readonly loopback: boolean }) {
      app = await launchDesktopApp({
        realDevices: true,
        asksPermission: loopback,
        settings: { 'captions.source': source },
        environment: pulse.environment,
      });
      const page = await app.window('index.html');
      return { page, captions: await watchCaptions(page) };
    }

    it('is captioned by loopback, as it is played', async () => {
      const { page, captions } = await launch('system', { loopback: true });
      await ask(page, 'captions.start');
      await captions.state(({ phase, path }) => phase === 'listening' && path === 'loopback');
      await pulse.play(sample('clip01-seen.wav'), 'speakers');
      expect(await captions.finals(1)).toEqual([THANKS]);
    });

    it('is captioned from the output’s monitor where loopback cannot be had', async () => {
      const { page, captions } = await launch('system', { loopback: false });
      await ask(page, 'captions.start');
      await captions.state(({ phase, path }) => phase === 'listening' && path === 'monitor');
      await pulse.play(sample('clip01-seen.wav'), 'speakers');
      expect(await captions.finals(1)).toEqual([THANKS]);
      await ask(page, 'captions.stop');
      await captions.state(({ phase }) => phase === 'idle');
      expect(await pulse.control('list', 'short', 'source-outputs')).toBe('');
    });

    it('says what to install where there is neither loopback nor a recorder', async () => {
      app = await launchDesktopApp({
        realDevices: true,
        settings: { 'captions.source': 'system' },
        environment: { ...pulse.environment, PATH: '/nowhere' },
      });
      const page = await app.window('index.html');
      const captions = await watchCaptions(page);
      await ask(page, 'captions.start');
      const { problem } = await captions.state(({ phase, problem }) => phase === 'idle' && problem !== null);
      expect(problem).toMatchObject({ code: 'system_audio_unavailable' });
      expect(problem?.message).toContain('pulseaudio-utils');
    });

    it('is captioned together with a microphone', async () => {
      const desk = await pulse.plugMicrophone('Desk');
      const { page, captions } = await launch('both', { loopback: true });
      await ask(page, 'captions.start');
      await captions.state(({ phase, path }) => phase === 'listening' && path === 'loopback');
      await pulse.play(sample('clip01-seen.wav'), 'speakers');
      expect(await captions.finals(1)).toEqual([THANKS]);
      await pulse.play(sample('clip01-seen.wav'), desk.sink);
      expect(await captions.finals(2)).toEqual([THANKS, THANKS]);
    });

    it('goes on without the microphone that is unplugged beside it, and says so', async () => {
      const desk = await pulse.plugMicrophone('Desk');
      const { page, captions } = await launch('both', { loopback: true });
      await ask(page, 'captions.start');
      await captions.state(({ phase }) => phase === 'listening');
      await desk.unplug();
      await captions.state(({ problem }) => problem?.code === 'no_microphone');
      await pulse.play(sample('clip01-seen.wav'), 'speakers');
      expect(await captions.finals(1)).toEqual([THANKS]);
    });
  },
);
