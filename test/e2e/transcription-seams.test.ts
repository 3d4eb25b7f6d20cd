import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePcm } from '../../src/core/audio/pcm.ts';
import { readWav } from '../../src/core/audio/wav.ts';
import type { AudioTranscription } from '../../src/core/batch/transcribe-audio.ts';
import {
  alignWords,
  countWordErrors,
  normalizeWords,
  wordErrorRate,
} from '../../src/core/transcript/word-error-rate.ts';
import { readManifest, recordingsMissing, STARTER_SAMPLES_FOLDER } from '../fixtures/recordings.ts';
import {
  cuttingAtRandom,
  type StarterTranscription,
  startStarterTranscription,
  textOf,
} from '../fixtures/starter-transcription.ts';

const skipped = recordingsMissing === null ? '' : ` (${recordingsMissing})`;
/** A point of word error rate. */
const POINT = 0.01;
/** A word this near to a cut may have been hurt by it. */
const NEAR_MS = 1_500;

interface TimedWord {
  readonly text: string;
  readonly startMs: number;
}

function wordsOf({ segments }: AudioTranscription): TimedWord[] {
  return segments.flatMap(({ words = [] }) =>
    words.flatMap(({ text, startMs }) => normalizeWords(text).map((word) => ({ text: word, startMs }))),
  );
}

/** Times of the words that only one of two transcriptions has. */
function lostOrDoubled(one: readonly TimedWord[], other: readonly TimedWord[]): number[] {
  const steps = alignWords(
    one.map(({ text }) => text),
    other.map(({ text }) => text),
  );
  return steps.flatMap(({ kind, reference, hypothesis }) => {
    if (kind === 'deletion') return [one[reference]?.startMs ?? 0];
    return kind === 'insertion' ? [other[hypothesis]?.startMs ?? 0] : [];
  });
}

/** Numbers that are the same every time (Numerical Recipes' generator). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe.skipIf(recordingsMissing !== null)(`a talk cut in the middle of speech${skipped}`, () => {
  let starter: StarterTranscription;
  let talk: Float32Array;
  let reference: string;
  let uncut: AudioTranscription;

  beforeAll(async () => {
    starter = await startStarterTranscription();
    const { data, encoding } = readWav(await readFile(`${STARTER_SAMPLES_FOLDER}long.wav`));
    talk = decodePcm(data, encoding, 1);
    reference =
      (await readManifest(STARTER_SAMPLES_FOLDER)).find(({ file }) => file === 'long.wav')?.transcript ?? '';
    uncut = await starter.transcribe(talk);
  });
  afterAll(() => starter.close());

  it('is written down within a point of the 0.9 % that the model makes offline', () => {
    expect(wordErrorRate(countWordErrors(reference, textOf(uncut)))).toBeLessThanOrEqual(0.009 + POINT);
  });

  it.each([1, 2, 3, 4, 5, 6])('loses and doubles no word at a cut (schedule %i)', async (seed) => {
    const planner = cuttingAtRandom(seeded(seed));
    const cut = await starter.transcribe(talk, { planner });
    const cutsMs = cut.chunks.filter(({ endsInSpeech }) => endsInSpeech).map(({ end }) => end / 16);
    expect(cutsMs.length).toBeGreaterThan(3);
    const hurt = lostOrDoubled(wordsOf(uncut), wordsOf(cut)).filter((timeMs) =>
      cutsMs.some((cutMs) => Math.abs(cutMs - timeMs) < NEAR_MS),
    );
    expect(hurt).toEqual([]);
    const rate = wordErrorRate(countWordErrors(reference, textOf(cut)));
    expect(rate).toBeLessThanOrEqual(wordErrorRate(countWordErrors(reference, textOf(uncut))) + POINT);
  });
});
