import { readFileSync } from 'node:fs';
import { parse as parseCaptions } from '@plussub/srt-vtt-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePcm } from '../../../src/core/audio/pcm.ts';
import { readWav } from '../../../src/core/audio/wav.ts';
import { startEngine } from '../../../src/core/engine/start-engine.ts';
import type { SupervisedEngine } from '../../../src/core/engine/supervisor.ts';
import { systemClock } from '../../../src/core/foundation/clock.ts';
import { silentLogger } from '../../../src/core/foundation/logger.ts';
import {
  loadSileroVoiceActivity,
  type SileroVoiceActivity,
} from '../../../src/core/recognition/silero-voice-activity.ts';
import { countWordErrors, wordErrorRate } from '../../../src/core/transcript/word-error-rate.ts';
import { STARTER_MODEL, streamThrough } from '../../fixtures/starter-server.ts';
import { FULL_TOKEN } from './harness.ts';
import { type Fields, UploadServer, upload } from './uploads.ts';

const samples = new URL('../../../resources/samples/', import.meta.url);
const transcripts = new Map(
  readFileSync(new URL('manifest.tsv', samples), 'utf8')
    .split('\n')
    .map((line) => line.split('\t') as [string, string]),
);

let voiceActivity: SileroVoiceActivity;
let engine: SupervisedEngine;
let running: UploadServer;

beforeAll(async () => {
  voiceActivity = await loadSileroVoiceActivity();
  engine = await startEngine({
    modelPath: STARTER_MODEL,
    modelName: 'starter.en',
    clock: systemClock,
    logger: silentLogger,
  });
  running = await UploadServer.start(
    { engine, createVoiceActivity: () => voiceActivity.create() },
    { voiceActivity },
  );
});

afterAll(async () => {
  await running.close();
  await engine.close();
  await voiceActivity.close();
});

const sample = (name: string): Buffer => readFileSync(new URL(name, samples));
const send = (name: string, fields: Fields = {}) => upload(running.url, sample(name), { fields });
const errorRate = (name: string, text: string): number =>
  wordErrorRate(countWordErrors(transcripts.get(name) ?? '', text));

describe('the starter model behind POST /v1/audio/transcriptions', () => {
  it('answers in every format with the same words', async () => {
    const expected = transcripts.get('clip03-seen.wav') as string;
    const { json } = await send('clip03-seen.wav');
    expect(json).toEqual({ text: expected, usage: { type: 'duration', seconds: 6 } });

    const text = await send('clip03-seen.wav', { response_format: 'text' });
    expect(text.text).toBe(`${expected}\n`);
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');

    for (const format of ['srt', 'vtt']) {
      const captions = (await send('clip03-seen.wav', { response_format: format })).text;
      const entries: { from: number; to: number; text: string }[] = parseCaptions(captions).entries;
      expect(entries.map((entry) => entry.text.replaceAll('\n', ' ')).join(' ')).toBe(expected);
      expect(entries.every(({ from, to }) => 0 <= from && from < to)).toBe(true);
    }

    const verbose = await send('clip03-seen.wav', {
      response_format: 'verbose_json',
      'timestamp_granularities[]': ['word', 'segment'],
    });
    const words = verbose.json.words as { word: string; start: number; end: number }[];
    const segments = verbose.json.segments as { text: string }[];
    expect(words.map(({ word }) => word).join(' ')).toBe(expected);
    expect(segments.map((segment) => segment.text).join('')).toBe(` ${expected}`);
    expect(words.every(({ start, end }) => 0 <= start && start <= end && end <= 5.27)).toBe(true);
    expect(verbose.json).toMatchObject({ task: 'transcribe', language: 'english', text: expected });
  });

  it('keeps two uploads and a live session apart', async () => {
    const live = readWav(sample('clip03-seen.wav'));
    const [first, second, stream] = await Promise.all([
      send('clip06-seen.wav'),
      send('clip12-seen.wav'),
      streamThrough(
        { url: running.server.url.replace('http', 'ws'), token: FULL_TOKEN },
        decodePcm(live.data, live.encoding, live.channels),
        { live: true },
      ),
    ]);
    expect(errorRate('clip06-seen.wav', String(first.json.text))).toBeLessThanOrEqual(0.1);
    expect(errorRate('clip12-seen.wav', String(second.json.text))).toBeLessThanOrEqual(0.1);
    expect(errorRate('clip03-seen.wav', stream.text)).toBeLessThanOrEqual(0.1);
    expect(running.files()).toEqual([]);
  });

  it('hears all of a talk, in pieces that leave the engine to others in between', async () => {
    const { json } = await send('talk.wav', { response_format: 'verbose_json' });
    expect(errorRate('talk.wav', String(json.text))).toBeLessThanOrEqual(0.05);
    expect((json.segments as object[]).length).toBeGreaterThan(5);
  });
});
