import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePcm } from '../../src/core/audio/pcm.ts';
import { readWav } from '../../src/core/audio/wav.ts';
import {
  addWordErrors,
  countWordErrors,
  NO_WORD_ERRORS,
  wordErrorRate,
} from '../../src/core/transcript/word-error-rate.ts';
import {
  loadRecording,
  readManifest,
  recordingsMissing,
  resample,
  SPEECH_FOLDER,
  STARTER_SAMPLES_FOLDER,
} from '../fixtures/recordings.ts';
import { type StarterServer, startStarterServer, streamThrough } from '../fixtures/starter-server.ts';

const skipped = recordingsMissing === null ? '' : ` (${recordingsMissing})`;
/** A point of word error rate. */
const POINT = 0.01;

let target: StarterServer;

beforeAll(async () => {
  target = await startStarterServer();
});

afterAll(() => target.close());

async function wav(path: string): Promise<Float32Array> {
  const { data, encoding, channels } = readWav(await readFile(path));
  return decodePcm(data, encoding, channels as 1 | 2);
}

describe.skipIf(recordingsMissing !== null)(`the long talk${skipped}`, () => {
  let talk: Float32Array;
  let reference: string;
  /** Sent in frames of 100 ms, as fast as the server reads. */
  let text: string;
  let rate: number;

  beforeAll(async () => {
    talk = await wav(`${STARTER_SAMPLES_FOLDER}long.wav`);
    reference =
      (await readManifest(STARTER_SAMPLES_FOLDER)).find(({ file }) => file === 'long.wav')?.transcript ?? '';
    text = (await streamThrough(target, talk)).text;
    rate = wordErrorRate(countWordErrors(reference, text));
  });

  it('arrives whole, within a point of the 0.9 % that the model makes offline', () => {
    expect(rate).toBeLessThanOrEqual(0.009 + POINT);
  });

  it.each([10, 1000])('has the same text in frames of %i ms', async (frameMs) => {
    expect((await streamThrough(target, talk, { frameMs })).text).toBe(text);
  });

  it('has the same text at real-time pace', async () => {
    expect((await streamThrough(target, talk, { live: true })).text).toBe(text);
  });

  it('loses at most a point as 32-bit float at 48 kHz in stereo', async () => {
    const audio = await resample(talk, 16_000, 48_000);
    const config = { encoding: 'pcm_f32le', sample_rate: 48_000, channels: 2 } as const;
    const streamed = await streamThrough(target, audio, { config });
    expect(wordErrorRate(countWordErrors(reference, streamed.text))).toBeLessThanOrEqual(rate + POINT);
  });

  it('loses at most a point as mu-law at 8 kHz, against what the model makes of that audio without partials', async () => {
    const audio = await resample(talk, 16_000, 8_000);
    const config = { encoding: 'mulaw', sample_rate: 8_000 } as const;
    const unhurried = await streamThrough(target, audio, { config: { ...config, interim_results: false } });
    const offline = wordErrorRate(countWordErrors(reference, unhurried.text));
    const streamed = wordErrorRate(
      countWordErrors(reference, (await streamThrough(target, audio, { config })).text),
    );
    console.log(`mu-law at 8 kHz: ${offline} without partials, ${streamed} with`);
    expect(streamed).toBeLessThanOrEqual(offline + POINT);
  });
});

describe.skipIf(recordingsMissing !== null)(`the starter samples${skipped}`, () => {
  it('are streamed with at most a point more errors than decoded whole', async () => {
    let streaming = NO_WORD_ERRORS;
    let offline = NO_WORD_ERRORS;
    for (const { file, transcript } of await readManifest(STARTER_SAMPLES_FOLDER)) {
      if (!file.includes('clip')) continue;
      const audio = await wav(`${STARTER_SAMPLES_FOLDER}${file}`);
      const whole = await target.engine.decode({ audio, language: 'en' });
      const wholeText = whole.segments.map((segment) => segment.text).join('');
      offline = addWordErrors(offline, countWordErrors(transcript, wholeText));
      streaming = addWordErrors(
        streaming,
        countWordErrors(transcript, (await streamThrough(target, audio)).text),
      );
    }
    console.log(`offline ${wordErrorRate(offline)}, streaming ${wordErrorRate(streaming)}`);
    expect(wordErrorRate(streaming)).toBeLessThanOrEqual(wordErrorRate(offline) + POINT);
  });
});

describe.skipIf(recordingsMissing !== null)(`recordings without speech${skipped}`, () => {
  it.each([
    `${STARTER_SAMPLES_FOLDER}silence-20s.wav`,
    `${STARTER_SAMPLES_FOLDER}noise-20s.wav`,
    ...['silence-8s', 'noise-1', 'noise-4', 'noise-5', 'noise-6', 'noise-white-50dbfs'].map(
      (name) => `${SPEECH_FOLDER}${name}.flac`,
    ),
    `${SPEECH_FOLDER}music-waltz.ogg`,
    `${SPEECH_FOLDER}whale.ogg`,
  ])('print nothing at all: %s', async (path) => {
    const { events } = await streamThrough(target, await loadRecording(path));
    expect(events.filter(({ type }) => type === 'partial' || type === 'final')).toEqual([]);
  });
});

describe.skipIf(recordingsMissing !== null)(`speech with long pauses${skipped}`, () => {
  it('gives a speech_started and a speech_ended for each of the eight utterances', async () => {
    const { events } = await streamThrough(target, await loadRecording(`${SPEECH_FOLDER}lj-pauses.flac`));
    const turns = events.map(({ type }) => type).filter((type) => type.startsWith('speech_'));
    expect(turns).toEqual(Array.from({ length: 8 }, () => ['speech_started', 'speech_ended']).flat());
  });
});
