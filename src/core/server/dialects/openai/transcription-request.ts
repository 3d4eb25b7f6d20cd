import type { EngineModel } from '../../../engine/engine.ts';
import { findModel } from '../../../models/catalogue.ts';
import { ProtocolError } from '../../../protocol/errors.ts';
import { MAX_PROMPT_CHARACTERS, MAX_PROMPT_WORD_CHARACTERS } from '../../../protocol/limits.ts';
import { resolveLanguage } from '../../stream-language.ts';
import { languageCode } from './language-names.ts';
import { OpenAiError } from './openai-error.ts';

const RESPONSE_FORMATS = ['json', 'text', 'srt', 'vtt', 'verbose_json'] as const;
export type ResponseFormat = (typeof RESPONSE_FORMATS)[number];

const GRANULARITIES = ['word', 'segment'] as const;
export type Granularity = (typeof GRANULARITIES)[number];

/** A form's text fields; several values where a field came several times. */
export type FormFields = ReadonlyMap<string, readonly string[]>;

/** What is asked for along with the recording. */
export interface TranscriptionRequest {
  /** A language of the model, or `auto`. */
  readonly language: string;
  readonly prompt?: string;
  readonly format: ResponseFormat;
  /** What `verbose_json` has times for. */
  readonly granularities: ReadonlySet<Granularity>;
}

/**
 * Reads the fields of `POST /v1/audio/transcriptions` (https://platform.openai.com/docs/api-reference/audio). Those
 * not named here, and `temperature`, have no effect.
 * @throws {OpenAiError} 400 or 404 that names the field.
 */
export function parseTranscriptionRequest(fields: FormFields, model: EngineModel): TranscriptionRequest {
  checkModel(last(fields, 'model'), model);
  if (last(fields, 'stream') === 'true') {
    throw unsupported('stream', 'Streamed answers are not supported yet. Leave "stream" out.');
  }
  const format = parseFormat(last(fields, 'response_format'));
  const prompt = boundPrompt(last(fields, 'prompt') ?? '');
  return {
    language: parseLanguage(last(fields, 'language'), model),
    ...(prompt === '' ? {} : { prompt }),
    format,
    granularities: parseGranularities(fields, format),
  };
}

/** A name of somebody else's means the model that is loaded; one of ours that is not loaded is a mistake. */
function checkModel(name: string | undefined, model: EngineModel): void {
  if (name === undefined) {
    throw new OpenAiError(
      400,
      'missing_required_parameter',
      `The field "model" is missing. Send "${model.name}", or any name of OpenAI's such as "whisper-1": both mean the model that is loaded.`,
      { param: 'model' },
    );
  }
  if (name === model.name || !findModel(name)) return;
  throw new OpenAiError(
    404,
    'model_not_found',
    `The model "${name}" is not loaded. Send "${model.name}", or start the server with --model ${name}.`,
    { param: 'model' },
  );
}

function parseFormat(given: string | undefined): ResponseFormat {
  if (given === undefined) return 'json';
  const format = RESPONSE_FORMATS.find((known) => known === given);
  if (format) return format;
  throw unsupported('response_format', `"response_format" must be one of ${RESPONSE_FORMATS.join(', ')}.`);
}

function parseLanguage(given: string | undefined, model: EngineModel): string {
  if (given === undefined) return resolveLanguage('auto', model);
  try {
    return resolveLanguage(languageCode(given) ?? given, model);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new OpenAiError(
      400,
      'unsupported_language',
      model.multilingual
        ? `The model "${model.name}" does not know this language. Send a code such as "en", or leave "language" out.`
        : `The model "${model.name}" only knows English. Leave "language" out, or load a multilingual model.`,
      { param: 'language', cause: error },
    );
  }
}

/** As OpenAI does: what is too long loses its beginning, since only the end of a prompt counts. */
function boundPrompt(prompt: string): string {
  // Text without spaces is one word to the engine, which cannot take long ones; characters may be two units long.
  const longWord = new RegExp(`\\S{${MAX_PROMPT_WORD_CHARACTERS / 2}}(?=\\S)`, 'gu');
  const text = prompt.trim().replace(longWord, '$& ');
  if (text.length <= MAX_PROMPT_CHARACTERS) return text;
  return text.slice(-MAX_PROMPT_CHARACTERS).replace(/^\S*\s+/u, '');
}

function parseGranularities(fields: FormFields, format: ResponseFormat): ReadonlySet<Granularity> {
  const given = [
    ...(fields.get('timestamp_granularities[]') ?? []),
    ...(fields.get('timestamp_granularities') ?? []),
  ].filter((value) => value !== '');
  const param = 'timestamp_granularities';
  const unknown = given.find((value) => !GRANULARITIES.some((known) => known === value));
  if (unknown !== undefined) throw unsupported(param, `"${param}[]" must be word or segment.`);
  if (given.length > 0 && format !== 'verbose_json') {
    throw unsupported(param, `"${param}[]" needs response_format=verbose_json.`);
  }
  return given.length === 0 ? new Set(['segment']) : new Set(given as Granularity[]);
}

/** The field's value, of several the last; undefined where it is empty. */
function last(fields: FormFields, name: string): string | undefined {
  const value = fields.get(name)?.at(-1)?.trim();
  return value === '' ? undefined : value;
}

function unsupported(param: string, message: string): OpenAiError {
  return new OpenAiError(400, 'unsupported_value', message, { param });
}
