import { z } from 'zod';
import { AUDIO_ENCODINGS } from './encodings.ts';
import { ProtocolError, type ProtocolErrorCode } from './errors.ts';
import { MAX_PROMPT_CHARACTERS, MAX_PROMPT_WORD_CHARACTERS } from './limits.ts';
import { PROTOCOL_VERSION } from './version.ts';

const position = z.int().nonnegative();

/** A word this long recurses deep enough in the engine's tokenizer to overflow its stack. */
function hasBoundedWords(text: string): boolean {
  return text.split(/\s+/u).every((word) => word.length <= MAX_PROMPT_WORD_CHARACTERS);
}

const boundedText = z
  .string()
  .max(MAX_PROMPT_CHARACTERS)
  .refine(hasBoundedWords, {
    message: `No word may be longer than ${MAX_PROMPT_WORD_CHARACTERS} characters`,
  });

/** First message of every connection. Every field has a default, so `{"type":"config"}` is enough. */
export const configSchema = z
  .object({
    type: z.literal('config'),
    version: z.literal(PROTOCOL_VERSION).default(PROTOCOL_VERSION),
    /** `auto` or a BCP-47 tag; only its primary subtag counts. */
    language: z
      .string()
      .regex(/^(auto|[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*)$/u)
      .default('auto'),
    sample_rate: z.int().min(8000).max(48_000).default(16_000),
    channels: z.union([z.literal(1), z.literal(2)]).default(1),
    encoding: z.enum(AUDIO_ENCODINGS).default('pcm_s16le'),
    /** A name from `GET /v1/models`, never a path. */
    model: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/u)
      .optional(),
    interim_results: z.boolean().default(true),
    word_timestamps: z.boolean().default(false),
    endpointing_ms: z.int().min(100).max(5000).default(500),
    prompt: boundedText.optional(),
    vocabulary: z.array(boundedText).max(MAX_PROMPT_CHARACTERS).optional(),
    translate: z.boolean().default(false),
    publish: z.boolean().default(false),
    start_sample: position.default(0),
    resume: z.object({ resume_token: z.string().max(256), last_seq: position }).optional(),
  })
  .superRefine(({ prompt, vocabulary = [] }, context) => {
    const characters = vocabulary.reduce((sum, term) => sum + term.length, prompt?.length ?? 0);
    if (characters <= MAX_PROMPT_CHARACTERS) return;
    context.addIssue({
      code: 'custom',
      path: [prompt ? 'prompt' : 'vocabulary'],
      message: `prompt and vocabulary together may hold at most ${MAX_PROMPT_CHARACTERS} characters`,
    });
  });

export const keepaliveSchema = z.object({ type: z.literal('keepalive'), last_seq: position.optional() });

export const flushSchema = z.object({
  type: z.literal('flush'),
  id: z.union([z.string().max(256), z.number()]),
});

export const endOfStreamSchema = z.object({ type: z.literal('end_of_stream') });

export type ConfigMessage = z.output<typeof configSchema>;
/** A `config` as a client may write it: everything but `type` may be left out. */
export type ConfigInput = z.input<typeof configSchema>;
export type KeepaliveMessage = z.output<typeof keepaliveSchema>;
export type FlushMessage = z.output<typeof flushSchema>;
export type FlushId = FlushMessage['id'];
export type EndOfStreamMessage = z.output<typeof endOfStreamSchema>;
export type ClientMessage = ConfigMessage | KeepaliveMessage | FlushMessage | EndOfStreamMessage;

/** Fields of `config` whose failure has an error code of its own. */
const CONFIG_FIELD_CODES: Readonly<Record<string, ProtocolErrorCode>> = {
  version: 'unsupported_version',
  encoding: 'unsupported_encoding',
  language: 'unsupported_language',
};

const CONFIG_FIELD_HINTS: Readonly<Record<string, string>> = {
  version: `This server speaks version ${PROTOCOL_VERSION}; leave "version" out or send ${PROTOCOL_VERSION}.`,
  encoding: `Send one of ${AUDIO_ENCODINGS.join(', ')}.`,
  language: 'Send "auto" or a language tag such as "en" or "pt-BR".',
  sample_rate: "Send the audio's rate in Hz, 8000 to 48000.",
  channels: 'Send 1 or 2.',
  endpointing_ms: 'Send 100 to 5000.',
};

const clientMessageSchemas = {
  keepalive: keepaliveSchema,
  flush: flushSchema,
  end_of_stream: endOfStreamSchema,
} as const;

/**
 * Checks one decoded JSON object from a client.
 * @throws {ProtocolError} `bad_config` and its kin for a `config`, `unknown_message` for all else.
 */
export function parseClientMessage(message: Readonly<Record<string, unknown>>): ClientMessage {
  const { type } = message;
  if (type === 'config') return parseConfig(message);
  if (typeof type === 'string' && Object.hasOwn(clientMessageSchemas, type)) {
    const result = clientMessageSchemas[type as keyof typeof clientMessageSchemas].safeParse(message);
    if (result.success) return result.data;
    const issue = result.error.issues[0];
    const param = issue?.path.join('.');
    throw new ProtocolError(
      'unknown_message',
      `The "${type}" message was ignored: ${param ? `"${param}" ` : ''}${issue?.message ?? 'is not valid'}.`,
      param ? { param } : {},
    );
  }
  throw new ProtocolError(
    'unknown_message',
    'The message was ignored: "type" must be config, keepalive, flush or end_of_stream.',
    { param: 'type' },
  );
}

function parseConfig(message: Readonly<Record<string, unknown>>): ConfigMessage {
  const result = configSchema.safeParse(message);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = String(issue?.path[0] ?? 'config');
  const param = issue?.path.join('.') || 'config';
  const code = CONFIG_FIELD_CODES[field] ?? 'bad_config';
  const hint = CONFIG_FIELD_HINTS[field] ?? `${issue?.message ?? 'The value is not valid'}.`;
  throw new ProtocolError(code, `config.${param} is not acceptable. ${hint}`, { param });
}
