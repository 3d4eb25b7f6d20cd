import { z } from 'zod';
import type { CaptureProblemCode } from '../../core/captions/capture-types.ts';
import type { CaptureReport } from '../../ipc/capture-window.ts';

/** More than a second of audio at once is nothing our window sends. */
const MAX_FRAME_BYTES = 32_000;

const id = z.int().nonnegative();
const text = z.string().max(1_000);
const decibels = z.number().min(-1_000).max(100);

const code = z.enum([
  'permission_denied',
  'no_microphone',
  'microphone_missing',
  'device_lost',
  'device_busy',
  'sharing_ended',
  'no_audio_shared',
  'system_audio_unavailable',
  'insecure_page',
  'capture_failed',
] satisfies CaptureProblemCode[]);

const status = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('flowing'),
    label: text,
    path: z.enum(['microphone', 'loopback', 'monitor', 'tab']),
    substitute: z.boolean(),
    warning: z.object({ code, message: text }).nullable(),
  }),
  z.object({ state: z.literal('silent'), label: text, forMs: z.number().nonnegative() }),
  z.object({ state: z.literal('lost'), code, message: text }),
  z.object({ state: z.literal('ended'), code, message: text }),
]);

/** What the capture window may say: it is a page like any other, and is not taken at its word. */
export const captureReportSchema: z.ZodType<CaptureReport> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), id }),
  z.object({ type: z.literal('failed'), id, code: z.string().max(60), message: text }),
  z.object({ type: z.literal('stopped'), id }),
  z.object({
    type: z.literal('frame'),
    id,
    pcm: z
      .instanceof(Uint8Array)
      .refine(({ length }) => length > 0 && length % 2 === 0 && length <= MAX_FRAME_BYTES),
  }),
  z.object({ type: z.literal('level'), id, level: z.object({ rmsDb: decibels, peakDb: decibels }) }),
  z.object({ type: z.literal('status'), id, status }),
  z.object({
    type: z.literal('microphones'),
    id,
    microphones: z.array(z.object({ label: text, isDefault: z.boolean() })).max(1_000),
  }),
  z.object({ type: z.literal('microphones_changed') }),
  z.object({ type: z.literal('external_wanted'), wanted: z.boolean() }),
]);
