/**
 * What the main process and the desktop app’s hidden capture window say to each other, over one `MessagePort`. The
 * window makes frames and nothing else; commands have an id, since a start may be overtaken by a stop.
 */
import { z } from 'zod';
import type { AudioLevel, CaptureStatus, Microphone } from '../core/captions/capture-types.ts';

export const captureRequestSchema = z.object({
  source: z.enum(['microphone', 'system', 'both']),
  microphone: z.string().max(200).nullable(),
  echoCancellation: z.boolean(),
  noiseSuppression: z.boolean(),
  autoGainControl: z.boolean(),
});

/** From the main process. */
export const captureCommandSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    id: z.int(),
    request: captureRequestSchema,
    /**
     * How the system’s audio is taken. `external`: the main process reads it, once it is asked to. `either`: loopback,
     * and `external` where that fails or stays silent while something plays (Linux).
     */
    systemAudio: z.enum(['loopback', 'external', 'either']),
  }),
  z.object({ type: z.literal('stop'), id: z.int() }),
  z.object({ type: z.literal('microphones'), id: z.int() }),
  /** System audio the main process read: 48 kHz, mono, f32. */
  z.object({ type: z.literal('external'), samples: z.instanceof(Float32Array) }),
  /** It cannot be read, or not any more: a `CaptureProblemCode` and what to do. */
  z.object({ type: z.literal('external_ended'), code: z.string(), message: z.string() }),
  /** The machine woke up: look whether everything still runs. */
  z.object({ type: z.literal('check') }),
]);

export type CaptureCommand = z.output<typeof captureCommandSchema>;

/** From the capture window. */
export type CaptureReport =
  | { readonly type: 'started'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: 'stopped'; readonly id: number }
  | { readonly type: 'frame'; readonly id: number; readonly pcm: Uint8Array }
  | { readonly type: 'level'; readonly id: number; readonly level: AudioLevel }
  | { readonly type: 'status'; readonly id: number; readonly status: CaptureStatus }
  | { readonly type: 'microphones'; readonly id: number; readonly microphones: readonly Microphone[] }
  | { readonly type: 'microphones_changed' }
  /** Whether the main process shall read the system’s audio and send it. */
  | { readonly type: 'external_wanted'; readonly wanted: boolean };
