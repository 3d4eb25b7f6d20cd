import type { NativeParameters } from './addon.ts';
import type { DecodeRequest } from './engine.ts';
import { ENGINE_SAMPLE_RATE, EngineError } from './engine.ts';
import { audibleFrames, FRAME_MS } from './loudness.ts';

/** The most audio one decode takes: the window Whisper was trained on. */
export const LONGEST_DECODE_SECONDS = 30;
/**
 * Silence appended to whatever is decoded, in samples (1.2 s). whisper.cpp stops as soon as a time stamp lies
 * within the last second of the audio, so without it the last words, or a whole short utterance, are lost.
 */
export const TRAILING_SILENCE_SAMPLES = 1.2 * ENGINE_SAMPLE_RATE;

/** Encoder positions per second of audio. */
const POSITIONS_PER_SECOND = 50;
/** Free positions after the audio: a window filled to its end makes the model leave the last sentence open. */
const SPARE_POSITIONS = 128;
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

/** Fast speech in a language whose words fall into many tokens, time stamps included. */
const TOKENS_PER_SECOND = 16;
const TOKENS_AT_LEAST = 32;
/** Whisper's own limit for one window: half of the text context, less the first tokens. */
const TOKENS_AT_MOST = 220;

/** Upper bound of tokens for audio of this length, so that a loop ends soon. */
export function tokenLimit(durationSeconds: number): number {
  return Math.min(TOKENS_AT_MOST, TOKENS_AT_LEAST + Math.ceil(durationSeconds * TOKENS_PER_SECOND));
}

/**
 * Only the last 224 tokens of a prompt count, and no language needs more characters for them than this. It is
 * the second of two guards: 30,000 letters overflowed the stack of an unpatched whisper.cpp.
 */
const LONGEST_PROMPT = 1_200;

/** The end of the prompt that can matter, cut at a space. */
export function boundPrompt(prompt: string): string {
  // A NUL would end the text for C.
  const text = prompt.replaceAll('\0', ' ').trim();
  if (text.length <= LONGEST_PROMPT) return text;
  const tail = text.slice(-LONGEST_PROMPT);
  const space = tail.indexOf(' ');
  // Without a space (or none near) cut anywhere, but not inside a surrogate pair.
  return space >= 0 && space < 200 ? tail.slice(space + 1) : tail.replace(/^[\uDC00-\uDFFF]/, '');
}

/** Less audio than this behind the last segment holds no word, and is not worth another encoder pass. */
const SHORTEST_TAIL_MS = 300;

/**
 * What whisper.cpp is asked to do for a request.
 * @param energies of the request's audio, from `frameEnergies`
 * @throws {EngineError} `request_rejected` for audio or a language no decode can make sense of
 */
export function planDecode(
  request: DecodeRequest,
  model: { readonly multilingual: boolean; readonly audioContext: number },
  threads: number,
  energies: Float64Array,
): { readonly audio: Float32Array; readonly parameters: NativeParameters } {
  const durationSeconds = request.audio.length / ENGINE_SAMPLE_RATE;
  const audio = padWithSilence(request.audio);
  const prompt = boundPrompt(request.prompt ?? '');
  return {
    audio,
    parameters: {
      language: languageFor(request.language, model.multilingual),
      translate: model.multilingual && (request.translate ?? false),
      n_threads: threads,
      audio_ctx: request.fullContext
        ? model.audioContext
        : fittedAudioContext(audio.length, model.audioContext),
      max_tokens: Math.max(1, Math.min(request.maxTokens ?? tokenLimit(durationSeconds), TOKENS_AT_MOST)),
      // Text carried from one window to the next costs a fifth of the words on some models; a prompt does not.
      no_context: true,
      n_max_text_ctx: prompt === '' ? 0 : 224,
      best_of: 1,
      temperature_inc: 0,
      // On, it forbids the empty answer, and noise comes back as ".".
      suppress_blank: false,
      // As OpenAI's own decoder does: no brackets, music notes and other things nobody says.
      suppress_non_speech_tokens: true,
      audio_ms: audibleMs(energies),
      min_tail_ms: SHORTEST_TAIL_MS,
      max_windows: 2 + Math.ceil(durationSeconds / 2),
      ...(prompt === '' ? {} : { initial_prompt: prompt }),
    },
  };
}

function languageFor(asked: string, multilingual: boolean): string {
  const language = asked.toLowerCase().split('-')[0] ?? '';
  // "auto" costs an extra encoder pass, and on an English model names odd languages.
  if (!multilingual && (language === 'auto' || language === 'en')) return 'en';
  if (!multilingual) {
    throw new EngineError(
      'request_rejected',
      'This model only knows English. Choose English or a multilingual model.',
    );
  }
  return language;
}

/** @throws {EngineError} `request_rejected` for audio no decode can make sense of */
export function checkAudio(audio: Float32Array): void {
  if (audio.length === 0) {
    throw new EngineError('request_rejected', 'There is no audio to decode.');
  }
  if (audio.length > LONGEST_DECODE_SECONDS * ENGINE_SAMPLE_RATE) {
    throw new EngineError(
      'request_rejected',
      `A decode takes at most ${LONGEST_DECODE_SECONDS} s of audio; cut longer audio at a pause.`,
    );
  }
  if (!audio.every(Number.isFinite)) {
    throw new EngineError('request_rejected', 'The audio holds values that are not numbers.');
  }
}

/** Milliseconds up to the end of the last frame that is not quiet beside the loudest one. */
function audibleMs(energies: Float64Array): number {
  return (audibleFrames(energies).lastIndexOf(true) + 1) * FRAME_MS;
}

/** A copy of the audio with the silence its engine needs behind it. */
function padWithSilence(audio: Float32Array): Float32Array {
  const padded = new Float32Array(audio.length + TRAILING_SILENCE_SAMPLES);
  padded.set(audio);
  return padded;
}
