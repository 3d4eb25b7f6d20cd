import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readWav } from '../../../src/core/audio/wav.ts';
import { normalizeWords } from '../../../src/core/transcript/word-error-rate.ts';
import { makeRecordings, type Recordings } from '../../bench/measures/transcription-recordings.ts';
import { recordingsMissing } from '../../fixtures/recordings.ts';

const SAMPLE_BYTES = 2;
let folder: string;
let recordings: Recordings;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'surtitle-test-'));
  recordings = await makeRecordings(folder, 4);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the recordings that are transcribed side by side', () => {
  test('include the talk repeated for as long as was asked, audio and transcript alike', async () => {
    const { talk, long } = recordings;
    const times = long.durationMs / talk.durationMs;
    expect(long.durationMs).toBeGreaterThanOrEqual(4 * 60_000);
    const once = readWav(await readFile(talk.file)).data;
    const repeated = readWav(await readFile(long.file)).data;
    expect(repeated.length).toBe(times * once.length);
    expect(Buffer.compare(repeated.subarray(-once.length), once)).toBe(0);
    expect(normalizeWords(long.transcript)).toHaveLength(times * normalizeWords(talk.transcript).length);
  });

  test.skipIf(recordingsMissing)(
    `include one with long silences, as whisper.cpp reads it (${recordingsMissing ?? 'not skipped'})`,
    async () => {
      const { pauses } = recordings;
      const { data, ...format } = readWav(await readFile(pauses?.file ?? ''));
      expect(format).toEqual({ encoding: 'pcm_s16le', sampleRate: 16_000, channels: 1 });
      expect(data.length / SAMPLE_BYTES / 16).toBeCloseTo(pauses?.durationMs ?? 0, -1);
      expect(normalizeWords(pauses?.transcript ?? '').slice(0, 3)).toEqual(['printing', 'in', 'the']);
    },
  );
});
