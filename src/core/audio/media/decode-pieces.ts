import { AudioFileError } from '../audio-file-error.ts';
import { createResampler, type Resampler } from '../resampler.ts';
import { MonoMixer } from './mono-mixer.ts';
import type { MediaReader } from './readers/media-reader.ts';

/** Hz of everything behind this point. */
const RATE = 16_000;
/** Two seconds a piece. */
const PIECE_SAMPLES = 2 * RATE;
/** What {@link createResampler} takes. */
const LOWEST_RATE = 8000;
const HIGHEST_RATE = 192_000;

/**
 * A reader's audio as mono pieces at 16 kHz, of two seconds but for the last. Decodes on demand only.
 * @param maxDurationMs longer audio is `audio_file_too_long`.
 * @throws {AudioFileError} also where the file holds no audio at all.
 */
export async function* decodePieces(
  reader: MediaReader,
  maxDurationMs: number,
): AsyncGenerator<Float32Array> {
  const maxSamples = (maxDurationMs / 1000) * RATE;
  const mixer = new MonoMixer();
  const cutter = new PieceCutter();
  let resampler: Resampler | null = null;
  let total = 0;
  try {
    for await (const { channels, sampleRate } of reader.blocks()) {
      if (resampler?.fromRate !== sampleRate) {
        if (resampler) yield* cutter.push(resampler.flush());
        resampler?.close();
        resampler = await resamplerFor(sampleRate);
      }
      for (const channel of channels) clean(channel);
      const samples = resampler.push(mixer.push(channels));
      total += samples.length;
      if (total > maxSamples) throw tooLong(maxDurationMs);
      // Sharp edges overshoot.
      clean(samples);
      yield* cutter.push(samples);
    }
    if (resampler) yield* cutter.push(resampler.flush());
    yield* cutter.rest();
  } finally {
    resampler?.close();
  }
  if (total === 0) throw nothingDecoded();
}

/** @throws {AudioFileError} `audio_file_too_long`. */
export function tooLong(maxDurationMs: number): AudioFileError {
  const minutes = Math.round(maxDurationMs / 60_000);
  return new AudioFileError(
    'audio_file_too_long',
    `The file lasts longer than the ${minutes} minutes that are allowed. Cut it into shorter ones.`,
  );
}

async function resamplerFor(sampleRate: number): Promise<Resampler> {
  if (!Number.isInteger(sampleRate) || sampleRate < LOWEST_RATE || sampleRate > HIGHEST_RATE) {
    throw new AudioFileError(
      'audio_file_unsupported',
      `This file has ${sampleRate} samples a second; ${LOWEST_RATE} to ${HIGHEST_RATE} can be read.`,
    );
  }
  return createResampler(sampleRate, RATE);
}

function nothingDecoded(): AudioFileError {
  return new AudioFileError(
    'audio_file_invalid',
    'No audio could be found in this file. It may be damaged or cut short; try another copy.',
  );
}

/** Damaged frames decode to anything. Clamps to -1 to 1, in place; what is no number becomes 0. */
function clean(samples: Float32Array): void {
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i] as number;
    if (sample >= -1 && sample <= 1) continue;
    samples[i] = sample > 1 ? 1 : sample < -1 ? -1 : 0;
  }
}

class PieceCutter {
  #piece = new Float32Array(PIECE_SAMPLES);
  #filled = 0;

  *push(samples: Float32Array): Generator<Float32Array> {
    for (let taken = 0; taken < samples.length; ) {
      const part = samples.subarray(taken, taken + PIECE_SAMPLES - this.#filled);
      this.#piece.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled < PIECE_SAMPLES) continue;
      yield this.#piece;
      this.#piece = new Float32Array(PIECE_SAMPLES);
      this.#filled = 0;
    }
  }

  *rest(): Generator<Float32Array> {
    if (this.#filled > 0) yield this.#piece.slice(0, this.#filled);
    this.#filled = 0;
  }
}
