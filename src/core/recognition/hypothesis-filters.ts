import { deflateSync } from 'node:zlib';
import type { DecodedSegment, DecodedWord, DecodeResult } from '../engine/engine.ts';
import type { SuppressionReason } from './recognizer-types.ts';
import { normalizeWord } from './text-units.ts';

/** A segment is dropped only where both say so: Whisper's own rule and thresholds (OpenAI, `decoding.py`). */
const NO_SPEECH_PROBABILITY = 0.6;
const LOW_LOG_PROBABILITY = -1;
/** A phrase of several words said this often in a row is a decoder that loops; people stop at three. */
const LOOP_REPEATS = 4;
/** Single words are said in a row more often ("no, no, no, no"). */
const LOOP_REPEATS_SINGLE_WORD = 6;
/** Longest phrase looked at, in words. */
const LOOP_MAX_WORDS = 12;
/** Text that zlib makes this much smaller goes round in circles: Whisper's own rule and threshold. */
const COMPRESSION_RATIO = 2.4;
/** Shorter text says nothing by its compression, in bytes. */
const COMPRESSION_MIN_BYTES = 120;
/** A word that starts this close to the end of the audio, or behind it, was not heard in it. */
const AFTER_AUDIO_SLACK_MS = 20;
/** Below this mean speech probability a phrase that Whisper is known to invent is taken for invented. */
const CONFIDENT_SPEECH = 0.75;

/**
 * What Whisper is known to write when nobody speaks, from the credits and sign-offs of the subtitles it was
 * trained on (whisper.cpp #1724; Koenecke et al., "Careless Whisper", FAccT 2024; WhisperX and
 * faster-whisper trackers). Only whole hypotheses are compared, and only at low speech probability.
 */
const INVENTED_PHRASES: ReadonlySet<string> = new Set([
  'you',
  'thank you',
  'thank you very much',
  'thank you for watching',
  'thank you so much for watching',
  'thanks for watching',
  'thanks for watching and see you next time',
  'please subscribe',
  'please subscribe to my channel',
  'like and subscribe',
  'subtitles by the amara.org community',
  'subtitles by',
  'see you next time',
  'see you in the next video',
  'bye',
  'bye bye',
  'the end',
  'music',
  'applause',
  'silence',
  'untertitel der amara.org community',
  "sous titres réalisés para la communauté d'amara.org",
  'ご視聴ありがとうございました',
  '谢谢观看',
]);

export interface FilterContext {
  /** Length of the audio that was decoded, without padding, in milliseconds. */
  readonly audioMs: number;
  /** Mean speech probability over the voiced part of that audio, 0 to 1. */
  readonly speechProbability: number;
}

export interface FilteredHypothesis {
  readonly words: readonly DecodedWord[];
  /** One entry for every thing thrown away. */
  readonly suppressed: readonly SuppressionReason[];
  /** The decoder went round in circles: decode again with the full context before trusting this. */
  readonly looped: boolean;
}

/** Throws away what was not said. Runs before anything of a hypothesis can become stable. */
export function filterHypothesis(result: DecodeResult, context: FilterContext): FilteredHypothesis {
  const suppressed: SuppressionReason[] = [];
  const spoken = result.segments.filter((segment) => {
    const keep = !saysNoSpeech(segment);
    if (!keep) suppressed.push('no_speech_probability');
    return keep;
  });
  const all = spoken.flatMap((segment) => segment.words);
  const loopAt = findLoop(all.map((word) => wordKey(word)));
  const cut = loopAt >= 0 ? all.slice(0, loopAt) : all;
  const circling = compressionRatio(cut) > COMPRESSION_RATIO;
  const looped = loopAt >= 0 || circling;
  if (looped) suppressed.push('repetition');
  const unlooped = circling ? [] : cut;
  const heard = unlooped.filter((word) => word.startMs < context.audioMs - AFTER_AUDIO_SLACK_MS);
  if (heard.length < unlooped.length) suppressed.push('after_audio');
  if (context.speechProbability < CONFIDENT_SPEECH && isInventedPhrase(heard)) {
    suppressed.push('invented_phrase');
    return { words: [], suppressed, looped };
  }
  return { words: heard, suppressed, looped };
}

function saysNoSpeech(segment: DecodedSegment): boolean {
  return (
    segment.noSpeechProbability !== null &&
    segment.noSpeechProbability > NO_SPEECH_PROBABILITY &&
    segment.averageLogProbability < LOW_LOG_PROBABILITY
  );
}

/** How often the text fits into its own compressed form; 0 for text too short to tell. */
function compressionRatio(words: readonly DecodedWord[]): number {
  const text = Buffer.from(words.map((word) => word.text).join(''));
  return text.length < COMPRESSION_MIN_BYTES ? 0 : text.length / deflateSync(text).length;
}

function wordKey(word: DecodedWord): string {
  return normalizeWord(word.text).replace(/[^\p{L}\p{N}']+/gu, '');
}

function isInventedPhrase(words: readonly DecodedWord[]): boolean {
  // Joined first: where a script has no spaces, words are tokens. A point inside a name stays.
  const phrase = normalizeWord(words.map((word) => word.text).join(''))
    .replace(/\.(?!\p{L})|[^\p{L}\p{N}\p{M}'.]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  return INVENTED_PHRASES.has(phrase);
}

/**
 * Where a phrase begins to repeat itself too often.
 * @param keys normalised words; empty ones (bare punctuation) never start a loop.
 * @returns index behind the phrase's first two occurrences (enough to be said on purpose), or -1.
 */
export function findLoop(keys: readonly string[]): number {
  for (let length = 1; length <= LOOP_MAX_WORDS; length++) {
    const repeats = length === 1 ? LOOP_REPEATS_SINGLE_WORD : LOOP_REPEATS;
    for (let start = 0; start + length * repeats <= keys.length; start++) {
      if (keys[start] === '') continue;
      let run = length;
      while (start + run < keys.length && keys[start + run] === keys[start + run - length]) run++;
      if (run >= length * repeats) return start + length * 2;
    }
  }
  return -1;
}
