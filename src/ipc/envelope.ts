import { z } from 'zod';

/**
 * What travels between a window and what answers it, over Electron’s IPC and over `WS /control` alike. Errors keep
 * their code: {@link SurtitleError}s are thrown again on the window’s side.
 */
export const callEnvelopeSchema = z.object({
  type: z.literal('call'),
  id: z.int().nonnegative(),
  name: z.string().max(100),
  request: z.unknown().optional(),
});

export type CallEnvelope = z.output<typeof callEnvelopeSchema>;

export const wireErrorSchema = z.object({ code: z.string(), message: z.string() });
export type WireError = z.output<typeof wireErrorSchema>;

export const answerEnvelopeSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('answer'), id: z.int(), value: z.unknown().optional() }),
  z.object({ type: z.literal('failure'), id: z.int(), error: wireErrorSchema }),
  z.object({ type: z.literal('push'), name: z.string(), payload: z.unknown() }),
]);

export type AnswerEnvelope = z.output<typeof answerEnvelopeSchema>;
