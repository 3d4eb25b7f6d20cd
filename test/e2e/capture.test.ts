import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodePcm } from '../../src/core/audio/pcm.ts';
import { readWav } from '../../src/core/audio/wav.ts';
import { browserMissing, launchBrowser } from '../fixtures/browser.ts';
import { CapturePage, type CapturePageSite, serveCapturePage } from '../fixtures/capture-page.ts';
import { findSound } from '../fixtures/find-sound.ts';

const SAMPLE = fileURLToPath(new URL('../../resources/samples/clip01-seen.wav', import.meta.url));
const skipped = browserMissing ? ` (${browserMissing})` : '';
const RATE = 16_000;

describe.skipIf(browserMissing)(`capture in a browser${skipped}`, () => {
  let site: CapturePageSite;
  let browser: Browser | null = null;
  let sample: Float32Array;

  beforeAll(async () => {
    site = await serveCapturePage();
    const { data, encoding, channels } = readWav(await readFile(SAMPLE));
    sample = decodePcm(data, encoding, channels as 1 | 2);
  });

  afterEach(async () => {
    await browser?.close();
    browser = null;
  });

  afterAll(() => site.close());

  async function open(...args: readonly string[]): Promise<CapturePage> {
    browser = await launchBrowser({ arguments: args });
    return CapturePage.open(browser, site.url);
  }

  const fakeMicrophone = [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${SAMPLE}%noloop`,
    '--autoplay-policy=no-user-gesture-required',
  ];

  it('gives what the microphone hears: at 16 kHz, as loud, as long, without processing', async () => {
    const capture = await open(...fakeMicrophone);
    expect(await capture.start()).toBeNull();
    await capture.frames(Math.ceil(sample.length / 640) + 25);
    const heard = await capture.samples();
    const found = findSound(heard, sample);
    expect(found.correlation).toBeGreaterThan(0.95);
    expect(Math.abs(found.gainDb)).toBeLessThan(0.5);
    // Both halves lie as far apart as in the sample: nothing was lost or repeated between them.
    expect(Math.abs(found.stretch)).toBeLessThanOrEqual(RATE / 200);
  });

  it('gives frames of 40 ms', async () => {
    const capture = await open(...fakeMicrophone);
    await capture.start();
    await capture.frames(10);
    expect(new Set(await capture.frameLengths())).toEqual(new Set([1280]));
  });

  it('tells that audio flows before it says that it has started', async () => {
    const capture = await open(...fakeMicrophone);
    await capture.start();
    expect(await capture.statuses()).toMatchObject([
      { state: 'flowing', path: 'microphone', substitute: false, warning: null },
    ]);
  });

  it('measures the level ten times a second', async () => {
    const capture = await open(...fakeMicrophone);
    await capture.start();
    await capture.frames(50);
    const levels = await capture.levels();
    expect(levels.length).toBeGreaterThanOrEqual(20);
    expect(Math.max(...levels.map(({ peakDb }) => peakDb))).toBeGreaterThan(-20);
  });

  it('says that the microphone is not allowed', async () => {
    const capture = await open('--use-fake-device-for-media-stream', '--deny-permission-prompts');
    expect(await capture.start()).toBe('permission_denied');
  });

  it('takes another microphone than the one that is not there, and says so', async () => {
    const capture = await open(...fakeMicrophone);
    expect(await capture.start({ microphone: 'A headset that stayed at home' })).toBeNull();
    expect(await capture.statuses()).toMatchObject([
      { state: 'flowing', substitute: true, warning: { code: 'microphone_missing' } },
    ]);
  });

  it('takes the microphone of a name', async () => {
    const capture = await open(...fakeMicrophone);
    await capture.start();
    await capture.stop();
    const { label } = (await capture.microphones())[1] ?? { label: '' };
    expect(await capture.start({ microphone: label })).toBeNull();
    expect((await capture.statuses()).at(-1)).toMatchObject({ state: 'flowing', label, substitute: false });
  });
});
