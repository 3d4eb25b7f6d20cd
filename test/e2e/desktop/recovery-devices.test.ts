import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../../fixtures/desktop/ask.ts';
import {
  DESKTOP_SUITE,
  type DesktopApp,
  desktopMissing,
  launchDesktopApp,
} from '../../fixtures/desktop/desktop-app.ts';
import {
  bannerWith,
  keepShot,
  tookSince,
  untilFinals,
  untilState,
} from '../../fixtures/desktop/recovery-bench.ts';
import { PulseAudio, pulseAudioMissing } from '../../fixtures/pulse-audio.ts';

const clip = fileURLToPath(new URL('../../../resources/samples/clip01-seen.wav', import.meta.url));
const THANKS = 'Thank you for your message.';
const missing = desktopMissing ?? pulseAudioMissing;
if (missing) console.warn(`Microphones that come and go: ${missing}.`);

describe.skipIf(missing)(
  `a microphone that is unplugged${missing ? ` (${missing})` : ''}`,
  DESKTOP_SUITE,
  () => {
    let pulse: PulseAudio;
    let app: DesktopApp | null = null;

    beforeEach(async () => {
      pulse = await PulseAudio.start();
    });

    afterEach(async () => {
      await app?.close();
      app = null;
      await pulse.close();
    });

    it('is told, and captions go on as soon as it is back', async () => {
      const desk = await pulse.plugMicrophone('Desk');
      app = await launchDesktopApp({ realDevices: true, environment: pulse.environment });
      const page = await app.window('index.html');
      await ask(page, 'captions.start');
      await untilState(page, ({ phase, audio }) => phase === 'listening' && audio !== 'none');
      await pulse.play(clip, desk.sink);
      expect(await untilFinals(page, 1)).toEqual([THANKS]);

      const unpluggedAtMs = performance.now();
      await desk.unplug();
      const lost = await untilState(page, ({ problem }) => problem?.code === 'no_microphone');
      tookSince(unpluggedAtMs, 'microphone unplugged, until it is told');
      expect(lost).toMatchObject({
        phase: 'listening',
        audio: 'lost',
        problem: { severity: 'warning', message: 'There is no microphone. Plug one in.' },
      });
      await bannerWith(page, 'Plug one in.');
      await keepShot(page, 'microphone-unplugged');
      const overlay = await app.window('captions.html');
      await overlay.locator('[data-badge]').first().waitFor();
      await keepShot(overlay, 'microphone-unplugged-overlay');

      const pluggedAtMs = performance.now();
      const again = await pulse.plugMicrophone('Desk');
      const back = await untilState(page, ({ problem }) => problem?.code === 'device_back');
      tookSince(pluggedAtMs, 'microphone plugged in again');
      expect(back).toMatchObject({ phase: 'listening', problem: { severity: 'notice' } });
      expect(back.problem?.message).toMatch(/^Sound comes again.* For \d+ seconds? nothing was heard\.$/u);
      await pulse.play(clip, again.sink);
      expect(await untilFinals(page, 2)).toEqual([THANKS, THANKS]);
    });

    it('gives way to another one, and is taken again when it is back', async () => {
      const desk = await pulse.plugMicrophone('Desk');
      const other = await pulse.plugMicrophone('Other');
      await pulse.control('set-default-source', 'Other');
      app = await launchDesktopApp({
        realDevices: true,
        environment: pulse.environment,
        settings: { 'captions.microphone': 'Desk' },
      });
      const page = await app.window('index.html');
      await ask(page, 'captions.start');
      await untilState(page, ({ phase, sourceLabel }) => phase === 'listening' && sourceLabel === 'Desk');

      const unpluggedAtMs = performance.now();
      await desk.unplug();
      const { problem } = await untilState(page, (state) => state.problem?.code === 'microphone_missing');
      tookSince(unpluggedAtMs, 'microphone unplugged, until another one was taken');
      expect(problem).toMatchObject({
        severity: 'warning',
        message: 'The microphone “Desk” is not there. Another one is used until it is plugged in.',
      });
      await bannerWith(page, 'Another one is used until it is plugged in.');
      await keepShot(page, 'microphone-substitute');
      await pulse.play(clip, other.sink);
      expect(await untilFinals(page, 1)).toEqual([THANKS]);

      const pluggedAtMs = performance.now();
      const again = await pulse.plugMicrophone('Desk');
      await untilState(page, (state) => state.sourceLabel === 'Desk' && state.problem === null);
      tookSince(pluggedAtMs, 'microphone taken again');
      await pulse.play(clip, again.sink);
      expect(await untilFinals(page, 2)).toEqual([THANKS, THANKS]);
    });
  },
);
