import { systemClock } from '../../foundation/clock.ts';
import type { Logger } from '../../foundation/logger.ts';
import { type DecodeRequest, type Engine, EngineError } from '../engine.ts';
import { ScriptedEngine } from '../scripted-engine.ts';
import { readSpelledAudio } from '../spelled-audio.ts';
import type { EngineSpec, ScriptedSpec } from './messages.ts';

/** Loads the engine a spec names, in this process. @throws {EngineError} */
export async function loadEngine(spec: EngineSpec, logger: Logger): Promise<Engine> {
  if (spec.kind === 'scripted') return loadScripted(spec);
  // Loaded on demand: the addon must not be needed, nor its start paid for, where another engine is meant.
  const { loadWhisperEngine } = await import('../whisper-engine.ts');
  const { kind: _kind, ...options } = spec;
  return loadWhisperEngine({ ...options, logger });
}

function loadScripted(spec: ScriptedSpec): Engine {
  if (spec.failToLoad) throw new EngineError('model_invalid', 'The scripted model was told not to load.');
  const { maxConcurrent = 1, decodeMs = 0, realTimeFactor = 0, abort = true } = spec;
  const engine = new ScriptedEngine({
    clock: systemClock,
    maxConcurrent,
    decodeMs,
    realTimeFactor,
    capabilities: { abort },
  });
  return {
    capabilities: engine.capabilities,
    model: engine.model,
    maxConcurrent,
    decode: (request, options) => {
      const heard = wordsOf(request);
      if (spec.crashOnWord !== undefined && heard.includes(spec.crashOnWord)) process.abort();
      if (spec.hangOnWord !== undefined && heard.includes(spec.hangOnWord)) return new Promise(() => {});
      return engine.decode(request, options);
    },
    close: () => engine.close(),
  };
}

function wordsOf(request: DecodeRequest): number[] {
  return readSpelledAudio(request.audio).map((word) => word.id);
}
