import type { LogFields } from '../../foundation/logger.ts';
import {
  type DecodeRequest,
  type DecodeResult,
  type EngineCapabilities,
  EngineError,
  type EngineErrorCode,
  type EngineModel,
} from '../engine.ts';

/** Which engine an engine process is to load. */
export type EngineSpec = WhisperSpec | ScriptedSpec;

export interface WhisperSpec {
  readonly kind: 'whisper';
  readonly modelPath: string;
  /** Catalogue name; derived from the file's name where absent. */
  readonly modelName?: string;
  /** Threads of one decode. */
  readonly threads: number;
  /** Decodes at the same time. Default 1. */
  readonly maxConcurrent?: number;
  readonly gpu: boolean;
}

/** The scripted engine, with the ways to go wrong that the supervisor is tested against. */
export interface ScriptedSpec {
  readonly kind: 'scripted';
  readonly maxConcurrent?: number;
  readonly decodeMs?: number;
  readonly realTimeFactor?: number;
  readonly abort?: boolean;
  /** Loading fails with `model_invalid`. */
  readonly failToLoad?: boolean;
  /** The process dies of a decode whose audio has this word. */
  readonly crashOnWord?: number;
  /** A decode whose audio has this word never ends. */
  readonly hangOnWord?: number;
}

/** What is sent to an engine process. `load` comes first and once. */
export type EngineCommand =
  | { readonly type: 'load'; readonly spec: EngineSpec }
  | { readonly type: 'decode'; readonly id: number; readonly request: DecodeRequest }
  | { readonly type: 'abort'; readonly id: number }
  /** Finish what is running, free the model, leave. */
  | { readonly type: 'close' };

/** What an engine process sends back. */
export type EngineReport =
  | {
      readonly type: 'loaded';
      readonly capabilities: EngineCapabilities;
      readonly model: EngineModel;
      readonly maxConcurrent: number;
    }
  | { readonly type: 'load-failed'; readonly error: WireError }
  | { readonly type: 'decoded'; readonly id: number; readonly result: DecodeResult }
  | { readonly type: 'failed'; readonly id: number; readonly error: WireError }
  | {
      readonly type: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly message: string;
      readonly fields?: LogFields;
    };

/** An {@link EngineError} on its way between processes: structured clone keeps no code and no class. */
export interface WireError {
  readonly code: EngineErrorCode;
  readonly message: string;
}

/** @param fallback the code for anything that is not an {@link EngineError}. */
export function toWireError(error: unknown, fallback: EngineErrorCode): WireError {
  if (error instanceof EngineError) return { code: error.code, message: error.message };
  return { code: fallback, message: error instanceof Error ? error.message : String(error) };
}

export function fromWireError(error: WireError): EngineError {
  return new EngineError(error.code, error.message);
}
