import { ENGINE_SAMPLE_RATE } from './engine.ts';

/**
 * Silence appended to whatever is decoded, in samples (1.2 s). whisper.cpp stops as soon as a time stamp lies
 * within the last second of the audio, so without it the last words, or a whole short utterance, are lost.
 */
export const TRAILING_SILENCE_SAMPLES = 1.2 * ENGINE_SAMPLE_RATE;

/** Encoder positions per second of audio. */
const POSITIONS_PER_SECOND = 50;
/** Free positions after the audio: a window filled to its end makes the model leave the last sentence open. */
const SPARE_POSITIONS = 128;
/** The encoder's matrices run best when their size is a multiple of this. */
const POSITION_STEP = 64;

/**
 * Encoder positions to spend on audio of this length (its padding included).
 * @param sampleCount samples at 16 kHz, padding included
 * @param modelAudioContext the model's own `n_audio_ctx`; one more and whisper.cpp refuses the decode
 */
export function fittedAudioContext(sampleCount: number, modelAudioContext: number): number {
  const needed = Math.ceil((sampleCount / ENGINE_SAMPLE_RATE) * POSITIONS_PER_SECOND) + SPARE_POSITIONS;
  return Math.min(Math.ceil(needed / POSITION_STEP) * POSITION_STEP, modelAudioContext);
}

/** Tokens a fast speaker fills a second with, time stamps included. */
const TOKENS_PER_SECOND = 12;
const TOKENS_AT_LEAST = 24;
/** Whisper's own limit for one window: half of the text context, less the first tokens. */
const TOKENS_AT_MOST = 220;

/** Upper bound of tokens for audio of this length, so that a loop ends soon. */
export function tokenLimit(durationSeconds: number): number {
  return Math.min(TOKENS_AT_MOST, TOKENS_AT_LEAST + Math.ceil(durationSeconds * TOKENS_PER_SECOND));
}

/** A copy of the audio with the silence its engine needs behind it. */
export function padWithSilence(audio: Float32Array): Float32Array<ArrayBuffer> {
  const padded = new Float32Array(audio.length + TRAILING_SILENCE_SAMPLES);
  padded.set(audio);
  return padded;
}
