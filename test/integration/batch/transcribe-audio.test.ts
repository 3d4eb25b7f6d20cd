import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countWordErrors, totalWordErrors } from '../../../src/core/transcript/word-error-rate.ts';
import {
  type StarterTranscription,
  startStarterTranscription,
  textOf,
} from '../../fixtures/starter-transcription.ts';
import { engineMissing, noise, rowsOf, sample } from '../engine/support/whisper.ts';

const skipped = engineMissing === null ? '' : ` (${engineMissing})`;

describe.skipIf(engineMissing !== null)(`transcribing with the real engine${skipped}`, () => {
  let starter: StarterTranscription;

  beforeAll(async () => {
    starter = await startStarterTranscription();
  });
  afterAll(() => starter.close());

  const transcriptOf = (file: string) => rowsOf('manifest.tsv').find(([name]) => name === file)?.[1] ?? '';

  it('writes down the bundled talk without an error', async () => {
    const transcription = await starter.transcribe(sample('talk.wav'));
    expect(totalWordErrors(countWordErrors(transcriptOf('talk.wav'), textOf(transcription)))).toBe(0);
  });

  it('gives the same result again, and with one decode at a time', async () => {
    const { chunks: _first, ...first } = await starter.transcribe(sample('talk.wav'));
    const { chunks: _again, ...again } = await starter.transcribe(sample('talk.wav'), { concurrency: 1 });
    expect(again).toEqual(first);
  });

  it('tells where the words were spoken', async () => {
    const { segments } = await starter.transcribe(sample('talk.wav'));
    const heard = segments.flatMap(({ words }) => words ?? []);
    const spoken = rowsOf('words.tsv').filter(([file]) => file === 'talk.wav');
    expect(heard).toHaveLength(spoken.length);
    const errors = heard
      .map(({ startMs }, index) => Math.abs(startMs - Number(spoken[index]?.[1]) * 1_000))
      .sort((a, b) => a - b);
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(120);
    for (const [index, word] of heard.entries()) {
      expect(word.startMs).toBeGreaterThanOrEqual(heard[index - 1]?.endMs ?? 0);
    }
  });

  it('makes nothing up in a minute of noise and silence', async () => {
    const audio = new Float32Array(60 * 16_000);
    audio.set(noise(20, 0.02), 10 * 16_000);
    audio.set(noise(10, 0.2), 40 * 16_000);
    expect((await starter.transcribe(audio)).segments).toEqual([]);
  });
});
