import { createRequire } from 'node:module';
import { locateEngineBuild } from './build-manifest.ts';
import { EngineError } from './engine.ts';

/** A token as whisper.cpp decoded it. Times are milliseconds. */
export interface NativeToken {
  readonly id: number;
  /** Its text; half of a UTF-8 character shows as replacement characters. */
  readonly text: string;
  readonly p: number;
  readonly from: number;
  readonly to: number;
}

/** A stretch between two of whisper.cpp's time stamps, in milliseconds. */
export interface NativeSegment {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly lang: string;
  readonly tokens: readonly NativeToken[];
}

/** Parameters of one decode, under whisper.cpp's own names. */
export interface NativeDecodeParameters {
  readonly format: 'detail';
  readonly strategy: 0;
  readonly language: string;
  readonly translate: boolean;
  readonly n_threads: number;
  readonly audio_ctx: number;
  readonly max_tokens: number;
  readonly n_max_text_ctx: number;
  readonly no_context: boolean;
  readonly best_of: number;
  readonly temperature_inc: number;
  readonly token_timestamps: boolean;
  readonly suppress_blank: boolean;
  readonly initial_prompt?: string;
}

/** A loaded model. */
export interface NativeModel {
  readonly handle: unknown;
  free(): Promise<void>;
}

/** What the compiled addon exports. */
export interface WhisperAddon {
  readonly WhisperModel: { load(path: string, gpu: boolean): Promise<NativeModel> };
  transcribe(
    handle: unknown,
    audio: Float32Array<ArrayBuffer>,
    parameters: NativeDecodeParameters,
    finish: (result: NativeSegment[] | Error) => void,
    progress: () => void,
  ): void;
}

/**
 * Loads the addon that `npm run build:engine` made.
 * @throws {EngineError} `engine_not_built`
 */
export function loadWhisperAddon(): WhisperAddon {
  const { addonPath } = locateEngineBuild();
  try {
    return createRequire(import.meta.url)(addonPath) as WhisperAddon;
  } catch (cause) {
    throw new EngineError(
      'engine_not_built',
      'The speech engine was built but cannot be loaded here. Run `npm run build:engine` to build it again for this machine.',
      { cause },
    );
  }
}
