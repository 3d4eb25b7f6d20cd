import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodePcm } from '../../../src/core/audio/pcm.ts';
import {
  loadSileroVoiceActivity,
  type SileroVoiceActivity,
  VoiceActivityError,
} from '../../../src/core/recognition/silero-voice-activity.ts';
import type { VoiceActivityModel } from '../../../src/core/recognition/voice-activity.ts';

const WINDOW = 512;
let silero: SileroVoiceActivity;
let speech: Float32Array;

beforeAll(async () => {
  silero = await loadSileroVoiceActivity();
  const file = await readFile(new URL('../../../resources/samples/clip03-seen.wav', import.meta.url));
  speech = decodePcm(file.subarray(44), 'pcm_s16le', 1);
});

afterAll(() => silero.close());

function windowsOf(samples: Float32Array): Float32Array[] {
  return Array.from({ length: Math.floor(samples.length / WINDOW) }, (_, i) =>
    samples.subarray(i * WINDOW, (i + 1) * WINDOW),
  );
}

async function judge(model: VoiceActivityModel, windows: Float32Array[]): Promise<number[]> {
  const probabilities: number[] = [];
  for (const window of windows) probabilities.push(await model.probability(window));
  return probabilities;
}

describe('Silero voice activity', () => {
  it('tells a voice from the silence before it', async () => {
    const probabilities = await judge(silero.create(), windowsOf(speech));
    expect(Math.max(...probabilities.slice(0, 5))).toBeLessThan(0.35);
    expect(Math.max(...probabilities)).toBeGreaterThan(0.95);
  });

  it('gives each stream a state of its own, even when they are judged at the same time', async () => {
    const windows = windowsOf(speech);
    const alone = await judge(silero.create(), windows);
    const noise = windows.map((window) => window.map((_, i) => ((i * 7919) % 101) / 101 - 0.5));
    const together = await Promise.all([
      judge(silero.create(), windows),
      judge(silero.create(), noise),
      judge(silero.create(), windows),
    ]);
    expect(together[0]).toEqual(alone);
    expect(together[2]).toEqual(alone);
  });

  it('keeps the order of windows that are handed over without waiting', async () => {
    const windows = windowsOf(speech);
    const model = silero.create();
    const alone = await judge(silero.create(), windows);
    expect(await Promise.all(windows.map((window) => model.probability(window)))).toEqual(alone);
  });

  it('reads the window before it returns, so that the caller may reuse it', async () => {
    const window = speech.slice(8000, 8000 + WINDOW);
    const expected = await silero.create().probability(window.slice());
    const pending = silero.create().probability(window);
    window.fill(0);
    expect(await pending).toBe(expected);
  });

  it('answers like a new model after a reset, windows still in flight notwithstanding', async () => {
    const windows = windowsOf(speech);
    const model = silero.create();
    const inFlight = windows.slice(0, 40).map((window) => model.probability(window));
    model.reset();
    const afterReset = await judge(model, windows);
    await Promise.all(inFlight);
    expect(afterReset).toEqual(await judge(silero.create(), windows));
  });

  it('answers 0 at once, without the network, for digital silence at the start', () => {
    expect(silero.create().probability(new Float32Array(WINDOW))).toBe(0);
  });

  it('goes quiet without the network once speech has faded into digital silence', async () => {
    const model = silero.create();
    await judge(model, windowsOf(speech));
    const silence = new Float32Array(WINDOW);
    await judge(
      model,
      Array.from({ length: 10 }, () => silence),
    );
    expect(model.probability(silence)).toBe(0);
  });

  it('listens to the faintest sound that 16-bit audio carries beyond its last two bits', async () => {
    const faint = new Float32Array(WINDOW).fill(4 / 32768);
    expect(silero.create().probability(faint)).toBeInstanceOf(Promise);
  });

  it('refuses a window of another length', () => {
    expect(() => silero.create().probability(new Float32Array(480))).toThrow(RangeError);
  });

  it('loads without the network', async () => {
    const fetch = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network here'));
    const loaded = await loadSileroVoiceActivity();
    expect(await loaded.create().probability(speech.slice(8000, 8000 + WINDOW))).toBeGreaterThanOrEqual(0);
    expect(fetch).not.toHaveBeenCalled();
    fetch.mockRestore();
    await loaded.close();
  });

  it('says what to do when the network cannot be loaded', async () => {
    const loading = loadSileroVoiceActivity({ modelPath: new URL(import.meta.url).pathname });
    await expect(loading).rejects.toThrow(VoiceActivityError);
    await expect(loading).rejects.toMatchObject({ code: 'voice_activity_unavailable' });
  });

  it('fails rather than hangs when it is used after closing', async () => {
    const loaded = await loadSileroVoiceActivity();
    const model = loaded.create();
    await loaded.close();
    await loaded.close();
    await expect(model.probability(speech.slice(8000, 8000 + WINDOW))).rejects.toThrow(VoiceActivityError);
  });
});
