import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_PROMPT_CHARACTERS, MAX_PROMPT_WORD_CHARACTERS } from '../../../src/core/protocol/limits.ts';
import { toOpenAiError } from '../../../src/core/server/dialects/openai/answer-error.ts';
import { languageCode, languageName } from '../../../src/core/server/dialects/openai/language-names.ts';
import { OpenAiError, openAiErrorBody } from '../../../src/core/server/dialects/openai/openai-error.ts';
import { parseTranscriptionRequest } from '../../../src/core/server/dialects/openai/transcription-request.ts';

const ENGLISH = { name: 'starter.en', multilingual: false };
const MULTILINGUAL = { name: 'base', multilingual: true };

function parse(fields: Record<string, string | string[]>, model = ENGLISH) {
  const entries = Object.entries({ model: 'whisper-1', ...fields });
  return parseTranscriptionRequest(new Map(entries.map(([name, value]) => [name, [value].flat()])), model);
}

function refusal(fields: Record<string, string | string[]>, model = ENGLISH): OpenAiError {
  try {
    parse(fields, model);
  } catch (error) {
    if (error instanceof OpenAiError) return error;
    throw error;
  }
  throw new Error('The request was accepted.');
}

describe('the fields of a transcription', () => {
  it('ask for JSON with segments in the model’s language unless they say otherwise', () => {
    expect(parse({})).toEqual({ language: 'en', format: 'json', granularities: new Set(['segment']) });
    expect(parse({}, MULTILINGUAL).language).toBe('auto');
  });

  it('may be empty, doubled, unknown or without effect', () => {
    const given = {
      language: '',
      prompt: ' ',
      response_format: ['json', 'srt'],
      temperature: '0.4',
      foo: 'bar',
    };
    expect(parse(given)).toEqual({ language: 'en', format: 'srt', granularities: new Set(['segment']) });
  });

  it.each([
    'whisper-1',
    'gpt-4o-transcribe',
    'Systran/faster-whisper-small',
    'starter.en',
    '../../etc/passwd',
  ])('take the model %s for the one that is loaded', (model) => {
    expect(parse({ model }).format).toBe('json');
  });

  it('do not take another model of ours for the one that is loaded', () => {
    expect(refusal({ model: 'base.en' })).toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
      message: expect.stringContaining('--model base.en'),
    });
  });

  it.each([
    ['de', 'de'],
    ['de-CH', 'de'],
    ['German', 'de'],
    ['haitian creole', 'ht'],
    ['auto', 'auto'],
  ])('understand the language %s', (language, expected) => {
    expect(parse({ language }, MULTILINGUAL).language).toBe(expected);
  });

  it.each([
    [{ model: '' }, 'missing_required_parameter', 'model'],
    [{ response_format: 'xml' }, 'unsupported_value', 'response_format'],
    [{ response_format: 'diarized_json' }, 'unsupported_value', 'response_format'],
    [{ language: 'de' }, 'unsupported_language', 'language'],
    [{ stream: 'true' }, 'unsupported_value', 'stream'],
    [{ 'timestamp_granularities[]': 'word' }, 'unsupported_value', 'timestamp_granularities'],
    [
      { 'timestamp_granularities[]': 'letter', response_format: 'verbose_json' },
      'unsupported_value',
      'timestamp_granularities',
    ],
  ])('%j are refused by name', (fields, code, param) => {
    expect(refusal(fields)).toMatchObject({ status: 400, code, param });
  });

  it('ask for times of words, of segments or of both', () => {
    const granularities = (given: string[]) =>
      parse({ 'timestamp_granularities[]': given, response_format: 'verbose_json' }).granularities;
    expect(granularities(['word'])).toEqual(new Set(['word']));
    expect(granularities(['segment', 'word'])).toEqual(new Set(['segment', 'word']));
    expect(parse({ timestamp_granularities: 'word', response_format: 'verbose_json' }).granularities).toEqual(
      new Set(['word']),
    );
  });

  it('have a prompt that the engine can take, of which the end is kept', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.constant('well known words'))),
        (parts) => {
          const given = `${parts.join(' ')} Rossini`;
          const { prompt = '' } = parse({ prompt: given });
          expect(prompt.length).toBeLessThanOrEqual(MAX_PROMPT_CHARACTERS);
          for (const word of prompt.split(/\s+/u)) {
            expect(word.length).toBeLessThanOrEqual(MAX_PROMPT_WORD_CHARACTERS);
          }
          expect(prompt.endsWith('Rossini')).toBe(true);
        },
      ),
    );
    expect(parse({ prompt: 'Names: Ångström, Nuñez.' }).prompt).toBe('Names: Ångström, Nuñez.');
  });
});

describe('the name of a language', () => {
  it('can be sent back', () => {
    for (const code of ['en', 'de', 'zh', 'yue', 'haw', 'nn', 'my', 'jw']) {
      expect(languageName(code)).not.toBe(code);
      expect(languageCode(languageName(code))).toBe(code);
    }
  });

  it('is its code where Whisper has none', () => {
    expect(languageName('xx')).toBe('xx');
    expect(languageCode('klingon')).toBeNull();
  });
});

describe('an error', () => {
  it.each([
    [400, 'bad_request', 'invalid_request_error', 'bad_request'],
    [401, 'token', 'invalid_request_error', 'invalid_api_key'],
    [413, 'file_too_large', 'invalid_request_error', 'file_too_large'],
    [429, 'rate', 'requests', 'rate_limit_exceeded'],
    [500, 'internal_error', 'server_error', 'internal_error'],
  ])('of status %i and reason %s has OpenAI’s type %s and code %s', (status, reason, type, code) => {
    expect(openAiErrorBody(status, reason, 'Why.')).toEqual({
      error: { message: 'Why.', type, param: null, code },
    });
  });

  it('that was not made for people tells nothing of the server', () => {
    const { status, message } = toOpenAiError(
      new Error("EACCES: permission denied, open '/home/me/uploads/x'"),
    );
    expect({ status, message }).toEqual({
      status: 500,
      message: 'The server failed on this request. See its log.',
    });
  });
});
