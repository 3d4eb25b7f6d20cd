import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodePcm } from '../../src/core/audio/pcm.ts';
import { readWav } from '../../src/core/audio/wav.ts';
import { browserMissing, launchBrowser } from '../fixtures/browser.ts';
import { CapturePage, type CapturePageSite, serveCapturePage } from '../fixtures/capture-page.ts';
import { findSound } from '../fixtures/find-sound.ts';
import { PulseAudio, pulseAudioMissing } from '../fixtures/pulse-audio.ts';

const SAMPLE = fileURLToPath(new URL('../../resources/samples/clip12-seen.wav', import.meta.url));
const missing = browserMissing ?? pulseAudioMissing;
if (missing) console.warn(`Microphones that come and go: ${missing}.`);

describe.skipIf(missing)(`microphones that come and go${missing ? ` (${missing})` : ''}`, () => {
  let site: CapturePageSite;
  let pulse: PulseAudio;
  let browser: Browser;
  let capture: CapturePage;

  beforeAll(async () => {
    site = await serveCapturePage();
  });

  afterAll(() => site.close());

  beforeEach(async () => {
    pulse = await PulseAudio.start();
    browser = await launchBrowser({
      arguments: ['--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
      environment: pulse.environment,
    });
    capture = await CapturePage.open(browser, site.url);
  });

  afterEach(async () => {
    await browser.close();
    await pulse.close();
  });

  it('says that there is no microphone', async () => {
    expect(await capture.start()).toBe('no_microphone');
  });

  // Again where a busy machine's sound server itself had gaps: what is asked is whether we add any.
  it('gives what is said into a real device: as loud, as long, nothing lost', { retry: 2 }, async () => {
    const { data, encoding, channels } = readWav(await readFile(SAMPLE));
    const sample = decodePcm(data, encoding, channels as 1 | 2);
    const microphone = await pulse.plugMicrophone('Desk');
    await capture.start({ microphone: 'Desk' });
    // A null sink hands out what it was given up to two seconds later, once.
    pulse.playTone(microphone.sink)();
    await capture.frames(50);
    await pulse.play(SAMPLE, microphone.sink);
    await capture.frames(50 + Math.ceil(sample.length / 640) + 75);
    const found = findSound(await capture.samples(), sample);
    expect(found.correlation).toBeGreaterThan(0.9);
    expect(Math.abs(found.gainDb)).toBeLessThan(1);
    expect(Math.abs(found.stretch)).toBeLessThanOrEqual(160);
  });

  it('tells digital silence, and sound when it comes', async () => {
    const microphone = await pulse.plugMicrophone('Desk');
    await capture.start({ microphone: 'Desk' });
    const told = await capture.status({ state: 'silent', label: 'Desk' });
    pulse.playTone(microphone.sink);
    await capture.status({ state: 'flowing', label: 'Desk' }, told);
  });

  it('takes another microphone when one is unplugged, and goes back to it when it returns', async () => {
    await pulse.plugMicrophone('Laptop');
    const headset = await pulse.plugMicrophone('Headset');
    await pulse.control('set-default-source', 'Laptop');
    await capture.start({ microphone: 'Headset' });
    let told = await capture.status({ state: 'flowing', label: 'Headset', substitute: false });
    await headset.unplug();
    told = await capture.status({ state: 'lost', code: 'device_lost' }, told);
    told = await capture.status({ state: 'flowing', substitute: true }, told);
    await pulse.plugMicrophone('Headset');
    await capture.status({ state: 'flowing', label: 'Headset', substitute: false, warning: null }, told);
  });

  it('waits where no microphone is left, and goes on with the first that comes', async () => {
    const only = await pulse.plugMicrophone('Only');
    await capture.start();
    let told = await capture.status({ state: 'flowing' });
    await only.unplug();
    told = await capture.status({ state: 'lost', code: 'no_microphone' }, told);
    await pulse.plugMicrophone('New');
    await capture.status({ state: 'flowing', substitute: false }, told);
  });

  it('goes on sending silence while no microphone is there, so that what was said ends', async () => {
    const only = await pulse.plugMicrophone('Only');
    await capture.start();
    await only.unplug();
    await capture.status({ state: 'lost' });
    const before = (await capture.frameLengths()).length;
    await capture.frames(before + 25);
  });

  it('switches to the wanted microphone when that is plugged in later', async () => {
    await pulse.plugMicrophone('Laptop');
    await capture.start({ microphone: 'Conference' });
    const told = await capture.status({ state: 'flowing', substitute: true });
    await pulse.plugMicrophone('Conference');
    await capture.status({ state: 'flowing', label: 'Conference', warning: null }, told);
  });

  it('hears the microphone that is the system’s choice now, where that was asked for', async () => {
    const first = await pulse.plugMicrophone('First');
    const second = await pulse.plugMicrophone('Second');
    await pulse.control('set-default-source', first.source);
    await capture.start();
    const told = await capture.status({ state: 'silent' });
    pulse.playTone(second.sink);
    await pulse.control('set-default-source', second.source);
    await capture.status({ state: 'flowing' }, told);
    await capture.level(-30);
  });

  it('lists microphones by name, and tells when the list changes', async () => {
    const { page } = capture;
    await pulse.plugMicrophone('Desk');
    await capture.start();
    expect((await capture.microphones()).map(({ label }) => label)).toEqual(['Desk']);
    await page.evaluate('window.capture.watch()');
    await pulse.plugMicrophone('Headset');
    await page.waitForFunction('window.capture.changes > 0', undefined, { timeout: 30_000 });
    expect((await capture.microphones()).map(({ label }) => label).toSorted()).toEqual(['Desk', 'Headset']);
  });
});
