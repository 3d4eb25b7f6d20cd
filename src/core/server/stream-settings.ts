import type { EngineCapabilities, EngineModel } from '../engine/engine.ts';
import type { ConfigMessage } from '../protocol/client-messages.ts';
import { ProtocolError } from '../protocol/errors.ts';
import type { StreamSettings } from './session-messages.ts';
import { resolveLanguage } from './stream-language.ts';

/**
 * What a `config` comes to on the engine that is loaded.
 * @throws {ProtocolError} `model_not_found`, `unsupported_language`, `bad_config`.
 */
export function resolveSettings(
  config: ConfigMessage,
  engine: { readonly model: EngineModel; readonly capabilities: EngineCapabilities },
): StreamSettings {
  const { model, capabilities } = engine;
  if (config.model !== undefined && config.model !== model.name) {
    throw new ProtocolError(
      'model_not_found',
      `The model "${config.model}" is not loaded. Leave config.model out or send "${model.name}" (see GET /v1/models).`,
      { param: 'model' },
    );
  }
  if (config.translate && !(model.multilingual && capabilities.translate)) {
    throw new ProtocolError(
      'bad_config',
      `config.translate needs a multilingual model, and "${model.name}" is none. Leave it out or load another model.`,
      { param: 'translate' },
    );
  }
  return {
    format: {
      encoding: config.encoding,
      sampleRate: config.sample_rate,
      channels: config.channels,
    },
    startSample: config.start_sample,
    language: resolveLanguage(config.language, model),
    endpointingMs: config.endpointing_ms,
    interimResults: config.interim_results,
    wordTimestamps: config.word_timestamps,
    ...(config.prompt === undefined ? {} : { prompt: config.prompt }),
    ...(config.vocabulary === undefined ? {} : { vocabulary: config.vocabulary }),
    translate: config.translate,
    publish: config.publish,
  };
}

/**
 * A resumed stream goes on in the format it began in.
 * @throws {ProtocolError} `bad_config` with the field that differs.
 */
export function requireSameFormat(config: ConfigMessage, settings: StreamSettings): void {
  const { format } = settings;
  const fields = [
    ['encoding', config.encoding, format.encoding],
    ['sample_rate', config.sample_rate, format.sampleRate],
    ['channels', config.channels, format.channels],
  ] as const;
  for (const [param, given, expected] of fields) {
    if (given === expected) continue;
    throw new ProtocolError(
      'bad_config',
      `config.${param} is ${given}, but the session began with ${expected}. Resume with the same format.`,
      { param },
    );
  }
}
