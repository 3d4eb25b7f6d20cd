import path from 'node:path';
import type { Logger } from '../foundation/logger.ts';
import type { NativeModel, NativeSegment, WhisperAddon } from './addon.ts';
import { loadWhisperAddon } from './addon.ts';
import { fittedAudioContext, padWithSilence, tokenLimit } from './decode-plan.ts';
import type { DecodedSegment, DecodeRequest, DecodeResult, Engine } from './engine.ts';
import { ENGINE_SAMPLE_RATE, EngineError } from './engine.ts';
import { groupWords } from './words.ts';

/** What {@link loadWhisperEngine} needs to know. */
export interface WhisperEngineOptions {
  readonly modelPath: string;
  /** Catalogue name; the file's name without `ggml-` and `.bin` where absent. */
  readonly modelName?: string;
  /** Threads of one decode. */
  readonly threads: number;
  readonly gpu: boolean;
  readonly logger: Logger;
}

/**
 * Loads a Whisper model in whisper.cpp's format.
 * @throws {EngineError} `engine_not_built`, `model_invalid`
 */
export async function loadWhisperEngine(options: WhisperEngineOptions): Promise<Engine> {
  const addon = loadWhisperAddon();
  const model = await addon.WhisperModel.load(options.modelPath, options.gpu);
  const name = options.modelName ?? path.basename(options.modelPath, '.bin').replace(/^ggml-/, '');
  return new WhisperEngine(addon, model, name, options.threads);
}

class WhisperEngine implements Engine {
  readonly capabilities = {
    gpu: false,
    wordTimestamps: true,
    noSpeechProbability: false,
    multilingual: false,
    translate: false,
    abort: false,
    maxAudioContext: 1500,
  };
  readonly model: { readonly name: string; readonly multilingual: boolean };
  readonly maxConcurrent = 1;
  readonly #addon: WhisperAddon;
  readonly #native: NativeModel;
  readonly #threads: number;

  constructor(addon: WhisperAddon, native: NativeModel, name: string, threads: number) {
    this.#addon = addon;
    this.#native = native;
    this.#threads = threads;
    this.model = { name, multilingual: false };
  }

  async decode(request: DecodeRequest): Promise<DecodeResult> {
    const padded = padWithSilence(request.audio);
    const started = performance.now();
    const segments = await new Promise<NativeSegment[]>((resolve, reject) => {
      this.#addon.transcribe(
        this.#native.handle,
        padded,
        {
          format: 'detail',
          strategy: 0,
          language: this.model.multilingual ? request.language : 'en',
          translate: request.translate ?? false,
          n_threads: this.#threads,
          audio_ctx: request.fullContext ? 0 : fittedAudioContext(padded.length, 1500),
          max_tokens: request.maxTokens ?? tokenLimit(request.audio.length / ENGINE_SAMPLE_RATE),
          n_max_text_ctx: request.prompt ? 224 : 0,
          no_context: true,
          best_of: 1,
          temperature_inc: 0,
          token_timestamps: true,
          suppress_blank: false,
          ...(request.prompt ? { initial_prompt: request.prompt } : {}),
        },
        (result) =>
          result instanceof Error
            ? reject(
                new EngineError(
                  'decode_failed',
                  `The engine could not decode the audio (${result.message}).`,
                ),
              )
            : resolve(result),
        () => {},
      );
    });
    return {
      segments: segments.map(decodedSegment),
      language: segments[0]?.lang ?? request.language,
      languageProbability: null,
      decodeMs: performance.now() - started,
    };
  }

  async close(): Promise<void> {
    await this.#native.free();
  }
}

function decodedSegment(segment: NativeSegment): DecodedSegment {
  const tokens = segment.tokens.filter((token) => !token.text.startsWith('[_'));
  const words = groupWords(tokens);
  return {
    text: words.map((word) => word.text).join(''),
    startMs: segment.from,
    endMs: segment.to,
    averageLogProbability:
      tokens.reduce((sum, token) => sum + Math.log(Math.max(token.p, 1e-10)), 0) / Math.max(1, tokens.length),
    noSpeechProbability: null,
    words,
  };
}
