import { SurtitleError } from '../foundation/errors.ts';

/** Sample rate of all audio handed to an engine, in Hz. */
export const ENGINE_SAMPLE_RATE = 16_000;

/** What an engine can do. Callers choose by these, never by an engine's name. */
export interface EngineCapabilities {
  /** Decodes on a GPU. */
  readonly gpu: boolean;
  /** Words carry times of their own, not only their segment's. */
  readonly wordTimestamps: boolean;
  /** Segments carry the probability that they hold no speech. */
  readonly noSpeechProbability: boolean;
  /** Understands more than English and can detect the language. */
  readonly multilingual: boolean;
  /** Can translate into English. */
  readonly translate: boolean;
  /** A running decode can be stopped; where false, aborting only drops a waiting job or its result. */
  readonly abort: boolean;
  /** Encoder positions (50 a second) can be limited per decode; `null` where they cannot. */
  readonly maxAudioContext: number | null;
}

/** The model an engine has loaded. */
export interface EngineModel {
  /** Catalogue name, e.g. `base.en` or `starter.en`; never a path. */
  readonly name: string;
  readonly multilingual: boolean;
}

/** One stretch of audio to turn into words. */
export interface DecodeRequest {
  /** Mono, 16 kHz, -1 to 1. The adapter adds the trailing silence its engine needs. At most 30 s. */
  readonly audio: Float32Array;
  /** Two-letter code such as `en`, or `auto` to have it detected (costs an extra encoder pass). */
  readonly language: string;
  /** Translate into English. */
  readonly translate?: boolean;
  /** Text that comes before: names, terms, what was said. Bounded by the caller. */
  readonly prompt?: string;
  /** Use the model's whole audio context instead of one fitted to the audio: slower, steadier. */
  readonly fullContext?: boolean;
  /** Upper bound of tokens decoded; derived from the duration where absent. */
  readonly maxTokens?: number;
}

/** A word as the engine heard it. */
export interface DecodedWord {
  /** As in the segment's text, with its leading space and trailing punctuation. */
  readonly text: string;
  /** Milliseconds from the start of the request's audio. */
  readonly startMs: number;
  readonly endMs: number;
  /** 0 to 1. */
  readonly probability: number;
}

/** A phrase between two of the engine's own time stamps. */
export interface DecodedSegment {
  /** The words' texts joined: `words.map((w) => w.text).join('')`. */
  readonly text: string;
  readonly startMs: number;
  /** The end is exact; the start is often the previous segment's end (see recognition design). */
  readonly endMs: number;
  /** Mean of the natural logarithms of the token probabilities. */
  readonly averageLogProbability: number;
  /** 0 to 1, or `null` where the engine cannot tell. */
  readonly noSpeechProbability: number | null;
  readonly words: readonly DecodedWord[];
}

/** What came of a {@link DecodeRequest}. No segments: the engine heard nothing. */
export interface DecodeResult {
  readonly segments: readonly DecodedSegment[];
  /** Two-letter code: the one asked for, or the one detected. */
  readonly language: string;
  /** 0 to 1; `null` where it was given rather than detected. */
  readonly languageProbability: number | null;
  /** Wall-clock time of the decode itself, without waiting in a queue. */
  readonly decodeMs: number;
}

/** A speech-to-text engine with one model loaded. */
export interface Engine {
  readonly capabilities: EngineCapabilities;
  readonly model: EngineModel;
  /** Decodes that may run at the same time; more wait in the scheduler, not in the engine. */
  readonly maxConcurrent: number;
  /**
   * Decodes one stretch of audio. The audio is not modified and may be reused after the call returned.
   * @throws {EngineError} with the codes below.
   */
  decode(request: DecodeRequest, options?: { signal?: AbortSignal }): Promise<DecodeResult>;
  /** Waits for running decodes, then frees the model. Safe to call twice. */
  close(): Promise<void>;
}

export type EngineErrorCode =
  /** The addon is not built, or cannot be loaded here. */
  | 'engine_not_built'
  /** The model file is missing, truncated or not a model. */
  | 'model_invalid'
  /** The request itself makes the engine fail or crash; trying it again would do the same. */
  | 'request_rejected'
  /** The engine died under this job and could not be brought back (three strikes). */
  | 'engine_unavailable'
  /** The decode failed inside the engine. */
  | 'decode_failed'
  /** Aborted by the caller, or replaced by a newer job of the same session. */
  | 'aborted';

/** An engine's failure. */
export class EngineError extends SurtitleError {
  declare readonly code: EngineErrorCode;

  // Narrows the code's type for callers.
  constructor(code: EngineErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, options);
  }
}

/** Which of two waiting jobs goes first. `background` work (files) waits until no live session wants the engine. */
export type DecodePriority = 'final' | 'partial' | 'background';

/** One session's access to a shared engine: jobs wait here, fairly, finals first. */
export interface DecodeLane {
  readonly capabilities: EngineCapabilities;
  readonly model: EngineModel;
  /**
   * Queues a decode. A newer `partial` of the same lane replaces a waiting one, whose promise rejects
   * with `aborted`. Finals and background jobs are never replaced.
   * @throws {EngineError}
   */
  decode(
    request: DecodeRequest,
    options: { priority: DecodePriority; signal?: AbortSignal },
  ): Promise<DecodeResult>;
  /** Drops waiting jobs (they reject with `aborted`) and gives up the lane. */
  close(): void;
}
