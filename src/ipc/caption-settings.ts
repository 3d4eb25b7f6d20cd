import type { CaptureRequest } from '../core/captions/capture-types.ts';
import type { StreamConfig } from '../core/client/client-options.ts';
import type { SettingKey, SettingValues } from '../core/settings/settings-schema.ts';

/** What another capture is needed for. */
const CAPTURE_KEYS = [
  'captions.source',
  'captions.microphone',
  'capture.echoCancellation',
  'capture.noiseSuppression',
  'capture.autoGainControl',
] as const satisfies readonly SettingKey[];

/** What another session is needed for. */
const SESSION_KEYS = [
  'captions.language',
  'captions.translate',
  'vocabulary.terms',
  'server.remote',
] as const satisfies readonly SettingKey[];

/** What the user wants captured. */
export function captureRequest(values: SettingValues): CaptureRequest {
  return {
    source: values['captions.source'],
    microphone: values['captions.microphone'],
    echoCancellation: values['capture.echoCancellation'],
    noiseSuppression: values['capture.noiseSuppression'],
    autoGainControl: values['capture.autoGainControl'],
  };
}

/** How the user wants it recognised. The model is the server’s: it has one loaded. */
export function streamConfig(values: SettingValues): StreamConfig {
  return {
    language: values['captions.language'],
    translate: values['captions.translate'],
    vocabulary: [...values['vocabulary.terms']],
    publish: true,
  };
}

/** Tells apart what settings ask of the capture; equal where they ask the same. */
export function captureKey(values: SettingValues): string {
  return JSON.stringify(CAPTURE_KEYS.map((key) => values[key]));
}

/** Tells apart what settings ask of the session; equal where they ask the same. */
export function sessionKey(values: SettingValues): string {
  return JSON.stringify(SESSION_KEYS.map((key) => values[key]));
}
