import {
  type DecodeLane,
  type DecodePriority,
  type DecodeRequest,
  type DecodeResult,
  ENGINE_SAMPLE_RATE,
  EngineError,
} from '../engine/engine.ts';
import { filterHypothesis } from './hypothesis-filters.ts';
import { SessionLanguage } from './language.ts';
import { DecodePrompt } from './prompt.ts';
import type { RecognitionObserver, RecognizerOptions } from './recognizer-types.ts';
import { type TextUnit, toTextUnits } from './text-units.ts';

/** What was heard in a stretch of audio, after everything made up was thrown away. */
export interface Hypothesis {
  /** Times are milliseconds from the start of the decoded audio. */
  readonly units: readonly TextUnit[];
  /** How long the engine worked on it, in milliseconds. */
  readonly decodeMs: number;
  /** The decoder went round in circles, twice: what it said from there on was thrown away. */
  readonly looped: boolean;
}

export interface DecodeInput {
  /** Mono, 16 kHz. */
  readonly audio: Float32Array;
  /** Where the audio starts in the stream, in milliseconds. */
  readonly startMs: number;
  /** Mean speech probability over its voiced part, 0 to 1. */
  readonly speechProbability: number;
  readonly priority: DecodePriority;
}

/** Asks the engine with the session's language and prompt, and filters its answer. */
export class HypothesisDecoder {
  readonly prompt: DecodePrompt;
  readonly language: SessionLanguage;
  readonly #lane: DecodeLane;
  readonly #translate: boolean;
  readonly #observer: RecognitionObserver;
  readonly #signal: AbortSignal;

  constructor(
    lane: DecodeLane,
    options: Pick<RecognizerOptions, 'language' | 'prompt' | 'vocabulary' | 'translate'>,
    observer: RecognitionObserver,
    signal: AbortSignal,
  ) {
    this.#lane = lane;
    this.#translate = options.translate;
    this.#observer = observer;
    this.#signal = signal;
    this.prompt = new DecodePrompt(options.prompt, options.vocabulary);
    this.language = new SessionLanguage(options.language, lane.model.multilingual);
  }

  /** Two-letter code of the language that the text is in: English where it is translated. */
  get textLanguage(): string {
    return this.#translate ? 'en' : this.language.current;
  }

  /** @throws {EngineError} when the engine cannot do it. */
  async decode(input: DecodeInput): Promise<Hypothesis> {
    const audioMs = (input.audio.length * 1000) / ENGINE_SAMPLE_RATE;
    const prompt = this.prompt.at(input.startMs);
    const request: DecodeRequest = {
      audio: input.audio,
      language: this.language.request,
      ...(this.#translate ? { translate: true } : {}),
      ...(prompt === undefined ? {} : { prompt }),
    };
    const context = { audioMs, speechProbability: input.speechProbability };
    let result = await this.#ask(request, input.priority);
    let decodeMs = result.decodeMs;
    let filtered = filterHypothesis(result, context);
    if (filtered.looped) {
      // Real models loop on a context cut to the audio; and what they were told before may have led them there.
      this.prompt.distrust();
      this.#observer.suppressed?.('repetition');
      const { prompt: _misleading, ...unprompted } = request;
      result = await this.#ask({ ...unprompted, fullContext: true }, input.priority);
      decodeMs += result.decodeMs;
      filtered = filterHypothesis(result, context);
    }
    for (const reason of filtered.suppressed) this.#observer.suppressed?.(reason);
    // Noise has a language too, as far as a model is concerned.
    if (filtered.words.length > 0) this.language.observe(result, audioMs, input.priority);
    const { looped } = filtered;
    return { units: toTextUnits(filtered.words, this.textLanguage), decodeMs, looped };
  }

  async #ask(request: DecodeRequest, priority: DecodePriority): Promise<DecodeResult> {
    const options = { priority, signal: this.#signal };
    try {
      return await this.#lane.decode(request, options);
    } catch (error) {
      // Seen once in a while with a context cut to the audio; the full context is the steadier one.
      if (error instanceof EngineError && error.code === 'decode_failed' && !request.fullContext) {
        return this.#lane.decode({ ...request, fullContext: true }, options);
      }
      throw error;
    }
  }
}
