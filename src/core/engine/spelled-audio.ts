import { ENGINE_SAMPLE_RATE } from './engine.ts';
import { vocabularyId } from './scripted-vocabulary.ts';

/**
 * Audio that spells its own words, for tests: every sample of a word says which word it belongs to and
 * where in the word it stands, so lost, doubled or reordered samples are noticed wherever they happen.
 *
 * A word is made of frames of eight samples, `+id -position +length -position` twice over, each value in
 * steps of four units of 1/32768 above a base; so it survives a trip through 16-bit PCM in either of the
 * usual scalings, and is about as loud as speech to an energy detector. Silence is exact zeros.
 */

const FRAME_SAMPLES = 8;
const STEP = 4;
const ID_BASE = 4_096;
const LENGTH_BASE = 20_480;
const POSITION_BASE = 4_096;
const FULL_SCALE = 32_768;
/** Half a step: what a sample may differ from its exact value. */
const TOLERANCE = (STEP - 1) / 2;

/** Word ids go from 0 to this. */
export const MAX_SPELLED_ID = 2_047;
/** The longest a spelled word may last, in milliseconds. */
export const MAX_SPELLED_WORD_MS = 1_000;

/** A word to be written into audio. */
export interface SpelledEntry {
  /** A word's number (0 to {@link MAX_SPELLED_ID}), or a word of the scripted vocabulary. */
  readonly word: number | string;
  readonly startMs: number;
  /** After `startMs` by at most {@link MAX_SPELLED_WORD_MS}. Both are taken at half-millisecond precision. */
  readonly endMs: number;
  /** The word ends its sentence: the scripted engine writes a full stop after it. */
  readonly endsSentence?: boolean;
}

/** A word, or a part of one, found in audio. Positions are sample indices. */
export interface SpelledRun {
  readonly id: number;
  readonly endsSentence: boolean;
  readonly startSample: number;
  readonly endSample: number;
  /** Samples of the word that come before `startSample`: above 0 where its start is cut off. */
  readonly skippedSamples: number;
  /** Samples of the whole word. */
  readonly wordSamples: number;
  /** Samples are missing or doubled inside the audio, rather than cut off at one of its ends. */
  readonly damaged: boolean;
}

/**
 * Writes words into silence.
 *
 * @param entries in order, not overlapping.
 * @param options.durationMs length of the audio; by default it ends with the last word.
 * @returns mono samples at 16 kHz, -1 to 1.
 */
export function spellAudio(
  entries: readonly SpelledEntry[],
  options: { durationMs?: number } = {},
): Float32Array {
  const lastEndMs = entries.at(-1)?.endMs ?? 0;
  const audio = new Float32Array(samplesOf(options.durationMs ?? lastEndMs));
  let writtenTo = 0;
  for (const entry of entries) {
    const start = samplesOf(entry.startMs);
    const length = samplesOf(entry.endMs) - start;
    const id = typeof entry.word === 'number' ? entry.word : vocabularyId(entry.word);
    if (!Number.isInteger(id) || id < 0 || id > MAX_SPELLED_ID)
      throw new RangeError(`No word ${entry.word}.`);
    if (length <= 0 || length > samplesOf(MAX_SPELLED_WORD_MS)) {
      throw new RangeError(`Word ${entry.word} lasts ${entry.endMs - entry.startMs} ms.`);
    }
    if (start < writtenTo || start + length > audio.length) {
      throw new RangeError(`Word ${entry.word} overlaps its neighbour or the end of the audio.`);
    }
    const word = { code: id * 2 + (entry.endsSentence ? 1 : 0), frames: length / FRAME_SAMPLES };
    for (let offset = 0; offset < length; offset++) {
      audio[start + offset] = sampleAt(word, offset) / FULL_SCALE;
    }
    writtenTo = start + length;
  }
  return audio;
}

/**
 * Lays out one sentence for {@link spellAudio}; its last word ends the sentence.
 *
 * @param words numbers or vocabulary words; a string is split at spaces.
 */
export function spellSentence(
  words: string | readonly (number | string)[],
  options: { startMs?: number; wordMs?: number; gapMs?: number } = {},
): SpelledEntry[] {
  const { startMs = 0, wordMs = 300, gapMs = 60 } = options;
  const list = typeof words === 'string' ? words.split(/\s+/u).filter((word) => word !== '') : words;
  return list.map((word, index) => {
    const wordStartMs = startMs + index * (wordMs + gapMs);
    return {
      word,
      startMs: wordStartMs,
      endMs: wordStartMs + wordMs,
      ...(index === list.length - 1 ? { endsSentence: true } : {}),
    };
  });
}

/** Finds the words spelled into `audio`, in order. Anything else in it is passed over. */
export function readSpelledAudio(audio: Float32Array): SpelledRun[] {
  const runs: SpelledRun[] = [];
  let index = 0;
  while (index < audio.length) {
    const found = readRun(audio, index);
    if (found) {
      runs.push(found);
      index = found.endSample;
    } else {
      index++;
    }
  }
  return runs;
}

interface WordCode {
  /** Twice the id, plus one at the end of a sentence. */
  readonly code: number;
  readonly frames: number;
}

/** The value, in 1/32768, of the sample `offset` samples into a word. */
function sampleAt(word: WordCode, offset: number): number {
  if (offset % 2 === 1) return -(POSITION_BASE + Math.floor(offset / FRAME_SAMPLES) * STEP);
  return offset % 4 === 0 ? ID_BASE + word.code * STEP : LENGTH_BASE + word.frames * STEP;
}

function readRun(audio: Float32Array, start: number): SpelledRun | null {
  const origin = originOf(audio, start);
  if (!origin) return null;
  const { word, offset } = origin;
  const wordSamples = word.frames * FRAME_SAMPLES;
  let end = start;
  while (end < audio.length && offset + end - start < wordSamples) {
    const difference = (audio[end] as number) * FULL_SCALE - sampleAt(word, offset + end - start);
    if (Math.abs(difference) > TOLERANCE) break;
    end++;
  }
  const cutAtStart = offset > 0;
  const cutAtEnd = offset + end - start < wordSamples;
  return {
    id: word.code >> 1,
    endsSentence: word.code % 2 === 1,
    startSample: start,
    endSample: end,
    skippedSamples: offset,
    wordSamples,
    damaged: (cutAtStart && start > 0) || (cutAtEnd && end < audio.length),
  };
}

/**
 * What word the sample at `start` belongs to and how far into it, judged by the few samples after it:
 * the offset that explains the most of them, so that a cut shortly after `start` does not hide a run.
 */
function originOf(audio: Float32Array, start: number): { word: WordCode; offset: number } | null {
  let code = -1;
  let frames = -1;
  let position = -1;
  for (let index = start; index < Math.min(start + FRAME_SAMPLES, audio.length); index++) {
    const value = (audio[index] as number) * FULL_SCALE;
    if (Math.abs(value) < ID_BASE - TOLERANCE) break;
    if (value < 0) {
      if (position < 0) position = Math.round((-value - POSITION_BASE) / STEP);
    } else if (value < LENGTH_BASE - TOLERANCE) {
      if (code < 0) code = Math.round((value - ID_BASE) / STEP);
    } else if (frames < 0) {
      frames = Math.round((value - LENGTH_BASE) / STEP);
    }
  }
  if (code < 0 || frames < 0 || position < 0) return null;
  const word = { code, frames };
  let best: { word: WordCode; offset: number } | null = null;
  let bestMatches = 0;
  for (let offset = position * FRAME_SAMPLES - 1; offset < (position + 1) * FRAME_SAMPLES; offset++) {
    if (offset < 0) continue;
    let matches = 0;
    while (matches < 2 * FRAME_SAMPLES && start + matches < audio.length) {
      const difference = (audio[start + matches] as number) * FULL_SCALE - sampleAt(word, offset + matches);
      if (Math.abs(difference) > TOLERANCE) break;
      matches++;
    }
    if (matches > bestMatches) {
      bestMatches = matches;
      best = { word, offset };
    }
  }
  return best;
}

/** Whole half-milliseconds, so that a word is a whole number of frames. */
function samplesOf(durationMs: number): number {
  return Math.round(durationMs * 2) * (ENGINE_SAMPLE_RATE / 2_000);
}
