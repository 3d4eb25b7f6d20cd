import type { Clock } from '../foundation/clock.ts';
import {
  type DecodedSegment,
  type DecodedWord,
  type DecodeRequest,
  type DecodeResult,
  ENGINE_SAMPLE_RATE,
  type Engine,
  type EngineCapabilities,
  EngineError,
  type EngineModel,
} from './engine.ts';
import { vocabularyWord } from './scripted-vocabulary.ts';
import { readSpelledAudio, type SpelledRun } from './spelled-audio.ts';

/** Longest audio a decode takes, as with Whisper. */
const MAX_AUDIO_MS = 30_000;
const SAMPLES_PER_MS = ENGINE_SAMPLE_RATE / 1_000;

/** Replaces or edits what the engine heard. `heard` is what it would answer by itself; `call` counts from 0. */
export type Hypothesis = (decode: {
  readonly call: number;
  readonly request: DecodeRequest;
  readonly words: readonly SpelledRun[];
  readonly heard: DecodeResult;
}) => DecodeResult;

export interface ScriptedEngineOptions {
  readonly clock: Clock;
  /** A decode takes this share of its audio's duration. Default 0. */
  readonly realTimeFactor?: number;
  /** A decode takes this long, plus the share above. Default 0. */
  readonly decodeMs?: number;
  /** Default 1. Counted ({@link ScriptedEngine.peakConcurrent}), not enforced: that is the scheduler's part. */
  readonly maxConcurrent?: number;
  readonly capabilities?: Partial<EngineCapabilities>;
  readonly model?: EngineModel;
  /** How a word's id is written. Default: the scripted vocabulary. */
  readonly vocabulary?: (id: number) => string;
  readonly hypothesis?: Hypothesis;
}

/** One decode a {@link ScriptedEngine} was asked for. */
export interface ScriptedDecode {
  readonly startedAtMs: number;
  readonly audioMs: number;
  readonly language: string;
  readonly prompt: string | undefined;
  readonly fullContext: boolean;
  readonly maxTokens: number | undefined;
  /** Ids of the words found, whole or in part. */
  readonly wordIds: readonly number[];
  outcome: 'running' | 'done' | 'aborted' | 'failed';
}

/**
 * An engine for tests that reads its words out of the samples (see `spelled-audio.ts`), so a test of
 * anything above it notices audio that was lost, doubled or decoded twice.
 *
 * A whole word is written as its vocabulary word. A word cut off at the end of the audio is written as its
 * first half if at least half of it is there, else not at all, like the unstable tail of a real engine's
 * partial; a word whose start is cut off is written whole if at least half of it is there. A word with
 * samples missing or doubled inside the audio is written as `damaged-<word>`.
 */
export class ScriptedEngine implements Engine {
  readonly capabilities: EngineCapabilities;
  readonly model: EngineModel;
  readonly maxConcurrent: number;
  /** Every decode so far, in order. */
  readonly decodes: ScriptedDecode[] = [];
  readonly #options: ScriptedEngineOptions;
  readonly #failures: Error[] = [];
  readonly #drained: (() => void)[] = [];
  #running = 0;
  #peakConcurrent = 0;
  #closed = false;

  constructor(options: ScriptedEngineOptions) {
    this.#options = options;
    this.maxConcurrent = options.maxConcurrent ?? 1;
    this.model = options.model ?? { name: 'scripted', multilingual: false };
    this.capabilities = {
      gpu: false,
      wordTimestamps: true,
      noSpeechProbability: true,
      multilingual: this.model.multilingual,
      translate: false,
      abort: true,
      maxAudioContext: 1_500,
      ...options.capabilities,
    };
  }

  /** Decodes running now. */
  get running(): number {
    return this.#running;
  }

  /** The most decodes that ever ran at the same time. */
  get peakConcurrent(): number {
    return this.#peakConcurrent;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The next decode that ends fails with `error` instead. May be called several times to queue failures. */
  failNext(error: Error = new EngineError('decode_failed', 'Scripted failure.')): void {
    this.#failures.push(error);
  }

  async decode(request: DecodeRequest, options: { signal?: AbortSignal } = {}): Promise<DecodeResult> {
    const { signal } = options;
    if (this.#closed) throw new EngineError('engine_unavailable', 'The scripted engine is closed.');
    if (signal?.aborted) throw aborted();
    const audioMs = request.audio.length / SAMPLES_PER_MS;
    if (audioMs > MAX_AUDIO_MS) {
      throw new EngineError('request_rejected', `Audio of ${audioMs} ms is longer than ${MAX_AUDIO_MS} ms.`);
    }
    // Read before the first wait: the caller may reuse the samples once this call has returned.
    const words = readSpelledAudio(request.audio);
    const call = this.decodes.length;
    const entry: ScriptedDecode = {
      startedAtMs: this.#options.clock.now(),
      audioMs,
      language: request.language,
      prompt: request.prompt,
      fullContext: request.fullContext ?? false,
      maxTokens: request.maxTokens,
      wordIds: words.map((word) => word.id),
      outcome: 'running',
    };
    this.decodes.push(entry);
    this.#running++;
    this.#peakConcurrent = Math.max(this.#peakConcurrent, this.#running);
    const decodeMs = (this.#options.decodeMs ?? 0) + (this.#options.realTimeFactor ?? 0) * audioMs;
    try {
      await this.#work(decodeMs, this.capabilities.abort ? signal : undefined);
      const failure = this.#failures.shift();
      if (failure) throw failure;
      const heard = this.#hear(words, audioMs, request, decodeMs);
      const result = this.#options.hypothesis?.({ call, request, words, heard }) ?? heard;
      entry.outcome = 'done';
      return result;
    } catch (error) {
      entry.outcome = error instanceof EngineError && error.code === 'aborted' ? 'aborted' : 'failed';
      throw error;
    } finally {
      this.#running--;
      if (this.#running === 0) for (const resolve of this.#drained.splice(0)) resolve();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#running > 0) await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  async #work(decodeMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (decodeMs <= 0) return;
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        timer.cancel();
        reject(aborted());
      };
      const timer = this.#options.clock.setTimer(decodeMs, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #hear(
    runs: readonly SpelledRun[],
    audioMs: number,
    request: DecodeRequest,
    decodeMs: number,
  ): DecodeResult {
    const sentences: DecodedWord[][] = [[]];
    for (const run of runs) {
      const word = this.#write(run, run.endSample >= audioMs * SAMPLES_PER_MS);
      if (!word) continue;
      sentences.at(-1)?.push(word);
      if (run.endsSentence) sentences.push([]);
    }
    const segments: DecodedSegment[] = [];
    for (const words of sentences) {
      if (words.length > 0) segments.push(scriptedSegment(words, segments.at(-1)?.endMs ?? 0));
    }
    const detected = request.language === 'auto';
    return {
      segments: this.capabilities.noSpeechProbability
        ? segments
        : segments.map((segment) => ({ ...segment, noSpeechProbability: null })),
      language: detected ? 'en' : request.language,
      languageProbability: detected ? 0.98 : null,
      decodeMs,
    };
  }

  #write(run: SpelledRun, reachesEnd: boolean): DecodedWord | null {
    const samples = run.endSample - run.startSample;
    const missing = samples < run.wordSamples;
    if (missing && !run.damaged && samples * 2 < run.wordSamples) return null;
    const word = (this.#options.vocabulary ?? vocabularyWord)(run.id);
    const halved = missing && reachesEnd && run.skippedSamples === 0;
    let text = word;
    if (run.damaged) text = `damaged-${word}`;
    else if (halved) text = word.slice(0, Math.ceil(word.length / 2));
    return {
      text: ` ${text}${run.endsSentence && !halved ? '.' : ''}`,
      startMs: run.startSample / SAMPLES_PER_MS,
      endMs: run.endSample / SAMPLES_PER_MS,
      probability: halved ? 0.5 : 0.95,
    };
  }
}

/**
 * A segment out of words, for {@link Hypothesis} hooks.
 *
 * @param startMs as with Whisper normally the previous segment's end, not the first word's start.
 */
export function scriptedSegment(
  words: readonly DecodedWord[],
  startMs: number,
  overrides: Partial<DecodedSegment> = {},
): DecodedSegment {
  const logProbabilities = words.map((word) => Math.log(word.probability));
  return {
    text: words.map((word) => word.text).join(''),
    startMs,
    endMs: words.at(-1)?.endMs ?? startMs,
    averageLogProbability:
      logProbabilities.reduce((sum, value) => sum + value, 0) / Math.max(1, words.length),
    noSpeechProbability: 0.02,
    words,
    ...overrides,
  };
}

function aborted(): EngineError {
  return new EngineError('aborted', 'The decode was aborted.');
}
