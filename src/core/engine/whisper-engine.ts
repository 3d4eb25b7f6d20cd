import path from 'node:path';
import { describeError } from '../foundation/errors.ts';
import type { Logger } from '../foundation/logger.ts';
import type { NativeModel, NativeModelInfo, NativeResult, NativeSegment, WhisperAddon } from './addon.ts';
import { loadWhisperAddon } from './addon.ts';
import { locateEngineBuild } from './build-manifest.ts';
import { checkAudio, planDecode } from './decode-plan.ts';
import type {
  DecodedSegment,
  DecodeRequest,
  DecodeResult,
  Engine,
  EngineCapabilities,
  EngineModel,
} from './engine.ts';
import { ENGINE_SAMPLE_RATE, EngineError } from './engine.ts';
import { frameEnergies } from './loudness.ts';
import { inspectModelFile } from './model-file.ts';
import { ThreadPolicy } from './thread-policy.ts';
import { timeWords } from './word-timing.ts';
import { averageLog, groupWords } from './words.ts';

/** What {@link loadWhisperEngine} needs to know. */
export interface WhisperEngineOptions {
  readonly modelPath: string;
  /** Catalogue name; the file's name without `ggml-` and `.bin` where absent. */
  readonly modelName?: string;
  /** Threads of one decode at most. Small models begin with one and take more only where it helps. */
  readonly threads: number;
  /** Use the GPU where the engine was built for one. */
  readonly gpu: boolean;
  /** Decodes that may run at the same time, each with a state of its own in memory. 1 where absent. */
  readonly maxConcurrent?: number;
  readonly logger: Logger;
}

/** Models up to this encoder width (base) decode faster than real time on one thread. */
const SMALL_MODEL_STATE = 512;
/** Words may end this much after the audio, so that what was invented in the padding can be told by it. */
const OVERSHOOT_MS = 200;

/**
 * Loads a Whisper model in whisper.cpp's format, after checking the file from its first to its last byte.
 * @throws {EngineError} `engine_not_built`, `model_invalid`
 */
export async function loadWhisperEngine(options: WhisperEngineOptions): Promise<Engine> {
  const build = locateEngineBuild();
  const addon = loadWhisperAddon(build);
  await inspectModelFile(options.modelPath);
  const maxConcurrent = Math.max(1, options.maxConcurrent ?? 1);
  let native: NativeModel;
  try {
    native = await addon.WhisperModel.load(options.modelPath, options.gpu, maxConcurrent);
  } catch (cause) {
    const reason = addon
      .takeLog()
      .filter((line) => line.level === 'error')
      .map((line) => line.text)
      .join('; ');
    throw new EngineError(
      'model_invalid',
      `The model could not be loaded: ${describeError(cause)}${reason ? ` (${reason})` : ''}. Download it again, or choose another one.`,
      { cause },
    );
  }
  for (const line of addon.takeLog())
    options.logger.debug('whisper.cpp', { level: line.level, line: line.text });
  return new WhisperEngine(addon, native, options, maxConcurrent, options.gpu && build.manifest.gpu);
}

class WhisperEngine implements Engine {
  readonly capabilities: EngineCapabilities;
  readonly model: EngineModel;
  readonly maxConcurrent: number;
  readonly #addon: WhisperAddon;
  readonly #native: NativeModel;
  readonly #info: NativeModelInfo;
  readonly #logger: Logger;
  readonly #threadPolicy: ThreadPolicy;
  #running = 0;
  #closing: Promise<void> | null = null;

  constructor(
    addon: WhisperAddon,
    native: NativeModel,
    options: WhisperEngineOptions,
    maxConcurrent: number,
    gpu: boolean,
  ) {
    const info = native.info as NativeModelInfo;
    this.#addon = addon;
    this.#native = native;
    this.#info = info;
    this.#logger = options.logger;
    this.maxConcurrent = maxConcurrent;
    this.#threadPolicy = new ThreadPolicy({
      start: info.audioState <= SMALL_MODEL_STATE ? 1 : options.threads,
      most: options.threads,
    });
    this.model = {
      name: options.modelName ?? path.basename(options.modelPath, '.bin').replace(/^ggml-/, ''),
      multilingual: info.multilingual,
    };
    this.capabilities = {
      gpu,
      wordTimestamps: true,
      noSpeechProbability: !addon.stockWhisper,
      multilingual: info.multilingual,
      translate: info.multilingual,
      abort: true,
      maxAudioContext: info.audioContext,
    };
  }

  async decode(request: DecodeRequest, options: { signal?: AbortSignal } = {}): Promise<DecodeResult> {
    if (this.#closing) throw new EngineError('engine_unavailable', 'The engine was closed.');
    if (options.signal?.aborted) throw aborted();
    checkAudio(request.audio);
    const energies = frameEnergies(request.audio);
    const { audio, parameters } = planDecode(request, this.#info, this.#threadPolicy.threads, energies);
    const audioMs = (request.audio.length / ENGINE_SAMPLE_RATE) * 1000;
    const aloneAtStart = this.#running === 0;
    const startedMs = performance.now();
    const startedCpu = process.cpuUsage();
    this.#running++;
    let result: NativeResult;
    try {
      result = await this.#run(audio, parameters, options.signal);
    } finally {
      this.#running--;
    }
    const decodeMs = performance.now() - startedMs;
    const { user, system } = process.cpuUsage(startedCpu);
    // Beside another decode the process's time cannot be told apart.
    if (aloneAtStart && this.#running === 0) {
      this.#threadPolicy.record({ audioMs, wallMs: decodeMs, cpuMs: (user + system) / 1000 });
    }
    return {
      segments: result.segments
        .map((segment) => this.#describeSegment(segment, audioMs, energies))
        .filter((segment) => /[\p{L}\p{N}]/u.test(segment.text)),
      language: result.language,
      languageProbability: result.languageProbability,
      decodeMs,
    };
  }

  async close(): Promise<void> {
    this.#closing ??= this.#native.free();
    await this.#closing;
  }

  async #run(
    audio: Float32Array,
    parameters: Parameters<NativeModel['transcribe']>[1],
    signal: AbortSignal | undefined,
  ): Promise<NativeResult> {
    let job: ReturnType<NativeModel['transcribe']>;
    try {
      job = this.#native.transcribe(audio, parameters);
    } catch (cause) {
      throw new EngineError('request_rejected', `The engine refused the request: ${describeError(cause)}.`, {
        cause,
      });
    }
    const abort = (): void => job.abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await job.result;
    } catch (cause) {
      if ((cause as { code?: unknown }).code === 'ABORTED') throw aborted(cause);
      const reasons = this.#addon.takeLog().filter((line) => line.level === 'error');
      this.#logger.warn('A decode failed inside whisper.cpp', { line: reasons.at(-1)?.text });
      throw new EngineError(
        'decode_failed',
        `The engine could not decode the audio (${describeError(cause)}).`,
        {
          cause,
        },
      );
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  #describeSegment(segment: NativeSegment, audioMs: number, energies: Float64Array): DecodedSegment {
    const latestMs = Math.round(audioMs + OVERSHOOT_MS);
    const span = {
      startMs: Math.min(Math.max(0, segment.from), latestMs),
      endMs: Math.min(Math.max(segment.from, segment.to), latestMs),
    };
    const tokens = segment.tokens.filter((token) => token.id < this.#info.endOfText);
    const words = groupWords(tokens);
    const times = timeWords(
      words.map((word) => word.text),
      energies,
      span,
    );
    return {
      text: words.map((word) => word.text).join(''),
      // whisper.cpp starts a segment where the one before it ended; the first word knows better.
      startMs: times[0]?.startMs ?? span.startMs,
      endMs: span.endMs,
      averageLogProbability: averageLog(tokens.map((token) => token.p)),
      noSpeechProbability: segment.noSpeechProbability,
      words: words.map((word, i) => ({
        text: word.text,
        ...(times[i] ?? span),
        probability: word.probability,
      })),
    };
  }
}

function aborted(cause?: unknown): EngineError {
  return new EngineError('aborted', 'The decode was aborted.', { cause });
}
