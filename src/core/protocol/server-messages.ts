import { z } from 'zod';
import { AUDIO_ENCODINGS } from './encodings.ts';

const count = z.int().nonnegative();
/** Times are whole milliseconds from the start of the stream. */
const timeMs = z.int().nonnegative();
const seq = z.int().positive();
const flushId = z.union([z.string(), z.number()]);

export const readySchema = z.object({
  type: z.literal('ready'),
  version: z.int(),
  session_id: z.string(),
  resume_token: z.string(),
  resumed: z.boolean(),
  next_sample: count,
  last_seq: count,
  model: z.object({ name: z.string(), multilingual: z.boolean() }),
  language: z.string(),
  sample_rate: z.int(),
  channels: z.int(),
  encoding: z.enum(AUDIO_ENCODINGS),
  limits: z.object({
    max_message_bytes: z.int(),
    idle_timeout_ms: z.int(),
    resume_window_ms: z.int(),
    max_session_ms: z.int().nullable(),
  }),
});

export const speechStartedSchema = z.object({ type: z.literal('speech_started'), time_ms: timeMs, seq });
export const speechEndedSchema = z.object({ type: z.literal('speech_ended'), time_ms: timeMs, seq });

export const partialSchema = z.object({
  type: z.literal('partial'),
  segment_id: count,
  revision: count,
  text: z.string(),
  stable_text: z.string(),
  start_ms: timeMs,
  end_ms: timeMs,
});

export const wordSchema = z.object({
  text: z.string(),
  start_ms: timeMs,
  end_ms: timeMs,
  confidence: z.number().min(0).max(1),
});

export const finalSchema = z.object({
  type: z.literal('final'),
  segment_id: count,
  text: z.string().min(1),
  language: z.string(),
  start_ms: timeMs,
  end_ms: timeMs,
  confidence: z.number().min(0).max(1),
  words: z.array(wordSchema).optional(),
  committed_samples: count,
  from_flush: z.boolean().optional(),
  seq,
});

export const flushedSchema = z.object({ type: z.literal('flushed'), id: flushId, seq });

export const ackSchema = z.object({
  type: z.literal('ack'),
  received_samples: count,
  committed_samples: count,
});

export const flowSchema = z.object({
  type: z.literal('flow'),
  state: z.enum(['ok', 'slow', 'paused']),
  lag_ms: count,
});

export const drainingSchema = z.object({ type: z.literal('draining'), queued_ms: count });

export const errorSchema = z.object({
  type: z.literal('error'),
  code: z.string(),
  message: z.string(),
  fatal: z.boolean(),
  retryable: z.boolean(),
  param: z.string().optional(),
});

export const sessionEndedSchema = z.object({
  type: z.literal('session_ended'),
  message: z.string(),
  reason: z.enum(['end_of_stream', 'error']),
  audio_ms: count,
  last_seq: count,
  seq,
});

/** Everything a server sends on `/ws`. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  readySchema,
  speechStartedSchema,
  speechEndedSchema,
  partialSchema,
  finalSchema,
  flushedSchema,
  ackSchema,
  flowSchema,
  drainingSchema,
  errorSchema,
  sessionEndedSchema,
]);

/** First message on `/captions`. */
export const snapshotSchema = z.object({
  type: z.literal('snapshot'),
  finals: z.array(finalSchema),
  partial: partialSchema.optional(),
});

export type ReadyMessage = z.output<typeof readySchema>;
export type SpeechStartedMessage = z.output<typeof speechStartedSchema>;
export type SpeechEndedMessage = z.output<typeof speechEndedSchema>;
export type PartialMessage = z.output<typeof partialSchema>;
export type WordTiming = z.output<typeof wordSchema>;
export type FinalMessage = z.output<typeof finalSchema>;
export type FlushedMessage = z.output<typeof flushedSchema>;
export type AckMessage = z.output<typeof ackSchema>;
export type FlowMessage = z.output<typeof flowSchema>;
export type FlowState = FlowMessage['state'];
export type DrainingMessage = z.output<typeof drainingSchema>;
export type ErrorMessage = z.output<typeof errorSchema>;
export type SessionEndedMessage = z.output<typeof sessionEndedSchema>;
export type ServerMessage = z.output<typeof serverMessageSchema>;
export type SnapshotMessage = z.output<typeof snapshotSchema>;

/** Events that carry `seq` and are kept for resume. */
export type SequencedMessage = Extract<ServerMessage, { seq: number }>;
