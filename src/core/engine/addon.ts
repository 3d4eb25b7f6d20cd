import { createRequire } from 'node:module';
import { describeError } from '../foundation/errors.ts';
import type { EngineBuild } from './build-manifest.ts';
import { locateEngineBuild, missingProcessorFeatures } from './build-manifest.ts';
import { EngineError } from './engine.ts';

/** A token as whisper.cpp decoded it. */
export interface NativeToken {
  readonly id: number;
  /** 0 to 1. */
  readonly p: number;
  /** UTF-8, but possibly only a part of a character. */
  readonly bytes: Uint8Array;
}

/** A stretch between two of whisper.cpp's time stamps, in milliseconds. */
export interface NativeSegment {
  readonly from: number;
  readonly to: number;
  /** `null` with a whisper.cpp that was not built by us. */
  readonly noSpeechProbability: number | null;
  readonly tokens: readonly NativeToken[];
}

/** What one decode gave. */
export interface NativeResult {
  readonly language: string;
  /** `null` where the language was given. */
  readonly languageProbability: number | null;
  /** Encoder passes it took. */
  readonly windows: number;
  readonly segments: readonly NativeSegment[];
}

/** Parameters of one decode: whisper.cpp's own under its own names, then ours. */
export interface NativeParameters {
  readonly language: string;
  readonly translate?: boolean;
  readonly n_threads?: number;
  readonly audio_ctx?: number;
  readonly max_tokens?: number;
  readonly n_max_text_ctx?: number;
  readonly no_context?: boolean;
  readonly best_of?: number;
  readonly temperature_inc?: number;
  readonly suppress_blank?: boolean;
  readonly suppress_non_speech_tokens?: boolean;
  readonly initial_prompt?: string;
  /** Milliseconds of real audio; what is behind them is padding. */
  readonly audio_ms?: number;
  /** The decode ends when less real audio than this is left behind the last segment. */
  readonly min_tail_ms?: number;
  /** Windows decoded at most; a model that loops would otherwise move on by a fraction of a second each time. */
  readonly max_windows?: number;
}

/** A decode that was started. `result` rejects with an `Error` whose `code` is `ABORTED`, `NO_MEMORY` or `DECODE_FAILED`. */
export interface NativeJob {
  readonly result: Promise<NativeResult>;
  abort(): void;
}

/** What a loaded model says of itself. */
export interface NativeModelInfo {
  readonly multilingual: boolean;
  readonly vocabularySize: number;
  readonly audioContext: number;
  readonly textContext: number;
  readonly audioState: number;
  readonly audioLayers: number;
  readonly textLayers: number;
  /** The first token that is not text. */
  readonly endOfText: number;
}

/** A loaded model. */
export interface NativeModel {
  readonly info: NativeModelInfo | null;
  readonly freed: boolean;
  /** Copies the audio and starts. Throws a `TypeError` or `RangeError` for what it cannot work with. */
  transcribe(audio: Float32Array, parameters: NativeParameters): NativeJob;
  /** Resolves when running jobs have finished and the memory is free. */
  free(): Promise<void>;
}

/** What the compiled addon exports. */
export interface WhisperAddon {
  readonly WhisperModel: {
    load(path: string, gpu: boolean, maxIdleStates: number): Promise<NativeModel>;
  };
  /** The last log lines of whisper.cpp since the last call, oldest first. */
  takeLog(): { readonly level: 'error' | 'warn' | 'info'; readonly text: string }[];
  /** Instruction sets it was compiled with. */
  readonly systemInfo: string;
  /** Linked with a whisper.cpp that does not have our patches (`BYOL`). */
  readonly stockWhisper: boolean;
}

/**
 * Loads the addon that `npm run build:engine` made.
 * @throws {EngineError} `engine_not_built`
 */
export function loadWhisperAddon(build: EngineBuild = locateEngineBuild()): WhisperAddon {
  // An addon made for another processor would end the process with an illegal instruction, without a word.
  const missing = missingProcessorFeatures(build.manifest);
  if (missing.length > 0) {
    throw new EngineError(
      'engine_not_built',
      `The speech engine was built for another processor (this one has no ${missing.slice(0, 3).join(', ')}). Run \`npm run build:engine\` to build it for this machine.`,
    );
  }
  try {
    return createRequire(import.meta.url)(build.addonPath) as WhisperAddon;
  } catch (cause) {
    throw new EngineError(
      'engine_not_built',
      `The speech engine cannot be loaded here (${describeError(cause)}). Run \`npm run build:engine -- --force\` to build it again for this machine.`,
      { cause },
    );
  }
}
