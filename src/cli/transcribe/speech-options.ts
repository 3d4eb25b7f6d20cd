import { readFile } from 'node:fs/promises';
import type { TranscriptionOptions } from '../../core/batch/transcribe-audio.ts';
import type { EngineModel } from '../../core/engine/engine.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import { ProtocolError } from '../../core/protocol/errors.ts';
import { MAX_PROMPT_CHARACTERS, MAX_PROMPT_WORD_CHARACTERS } from '../../core/protocol/limits.ts';
import { resolveLanguage } from '../../core/server/stream-language.ts';
import type { TranscribeOptions } from './options.ts';

const LONGEST_VOCABULARY_FILE = 1_000_000;
const MULTILINGUAL_HINT =
  'Use a multilingual model, one without .en in its name: surtitle models pull base, then --model base.';

/** What is told to the engine before it listens. */
export interface SpeechContext {
  readonly prompt?: string;
  readonly vocabulary?: readonly string[];
}

/**
 * Reads prompt and vocabulary, within the bounds that streams have too.
 * @throws {SurtitleError} `usage` where they are too long; `input_not_found`, `input_unreadable` of the `@FILE`.
 */
export async function readSpeechContext(
  options: Pick<TranscribeOptions, 'prompt' | 'vocabulary'>,
): Promise<SpeechContext> {
  const prompt = options.prompt?.trim() ?? '';
  const vocabulary = await readVocabulary(options.vocabulary ?? '');
  const characters = vocabulary.reduce((sum, term) => sum + term.length, prompt.length);
  if (characters > MAX_PROMPT_CHARACTERS) {
    throw usage(
      `--prompt and --vocabulary have ${characters} characters together; ${MAX_PROMPT_CHARACTERS} are possible. Keep the terms that are misheard most.`,
    );
  }
  const longest = [prompt, ...vocabulary]
    .flatMap((text) => text.split(/\s+/u))
    .find((word) => word.length > MAX_PROMPT_WORD_CHARACTERS);
  if (longest !== undefined) {
    throw usage(
      `The word ${longest.slice(0, 20)}… of --prompt or --vocabulary is longer than ${MAX_PROMPT_WORD_CHARACTERS} characters.`,
    );
  }
  return {
    ...(prompt === '' ? {} : { prompt }),
    ...(vocabulary.length === 0 ? {} : { vocabulary }),
  };
}

/**
 * What can be asked of a model.
 * @throws {SurtitleError} `unsupported_language` where the model cannot do it.
 */
export function askOf(
  model: EngineModel,
  { language, translate }: Pick<TranscribeOptions, 'language' | 'translate'>,
  context: SpeechContext,
): TranscriptionOptions {
  if (translate && !model.multilingual) {
    throw unsupported(
      `The model ${model.name} only knows English and cannot translate. ${MULTILINGUAL_HINT}`,
    );
  }
  try {
    return { language: resolveLanguage(language, model), translate, ...context };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw unsupported(
      model.multilingual
        ? `The model ${model.name} does not know the language ${language}. Say it as in en, de or pt-BR, or leave --language out to have it detected.`
        : `The model ${model.name} only knows English, not ${language}. ${MULTILINGUAL_HINT}`,
    );
  }
}

async function readVocabulary(given: string): Promise<string[]> {
  const text = given.startsWith('@') ? await readTerms(given.slice(1)) : given;
  return text
    .split(/[,\n]/u)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

async function readTerms(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SurtitleError(
      code === 'ENOENT' ? 'input_not_found' : 'input_unreadable',
      `The vocabulary ${file} cannot be read (${code ?? describeError(cause)}). Check its name.`,
      { cause },
    );
  }
  if (bytes.length > LONGEST_VOCABULARY_FILE) throw usage(`The vocabulary ${file} is no list of words.`);
  return bytes.toString('utf8').replace(/^\uFEFF/u, '');
}

function usage(message: string): SurtitleError {
  return new SurtitleError('usage', message);
}

function unsupported(message: string): SurtitleError {
  return new SurtitleError('unsupported_language', message);
}
