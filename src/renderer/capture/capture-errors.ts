import type { CaptureProblemCode } from '../../core/captions/capture-types.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';

const SENTENCES = {
  permission_denied:
    'Surtitle may not use the microphone. Allow it in the system’s privacy settings, in a browser beside the address, and start again.',
  no_microphone: 'There is no microphone. Plug one in.',
  microphone_missing:
    'The microphone that was chosen is not there. Another one is used until it is plugged in.',
  device_lost: 'The microphone was unplugged. Plug it in again, or choose another one.',
  device_busy:
    'The microphone cannot be opened. Another program may hold it: close that, or choose another microphone.',
  sharing_ended: 'Sharing was ended. Start again to share a tab or a screen.',
  no_audio_shared: 'What was shared has no sound. Start again, and allow its audio to be shared too.',
  system_audio_unavailable: 'This system does not let its sound be captured. Caption a microphone instead.',
  insecure_page: 'The browser gives no sound to this page. Open it as http://localhost, or over https.',
  capture_failed: 'The sound could not be captured. Start again.',
} as const satisfies Record<CaptureProblemCode, string>;

export function captureError(
  code: CaptureProblemCode,
  options: { readonly message?: string; readonly cause?: unknown } = {},
): SurtitleError {
  return new SurtitleError(code, options.message ?? SENTENCES[code], { cause: options.cause });
}

/** Codes as browsers name them: https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia */
const BY_NAME: Readonly<Record<string, CaptureProblemCode>> = {
  NotAllowedError: 'permission_denied',
  PermissionDeniedError: 'permission_denied',
  SecurityError: 'permission_denied',
  NotFoundError: 'no_microphone',
  OverconstrainedError: 'device_lost',
  NotReadableError: 'device_busy',
  AbortError: 'device_busy',
};

/** What `getUserMedia` threw, for people. */
export function microphoneError(error: unknown): SurtitleError {
  if (error instanceof SurtitleError) return error;
  return captureError(BY_NAME[nameOf(error)] ?? 'capture_failed', { cause: error });
}

/** What `getDisplayMedia` threw, for people. @param path in a browser, the user chooses what is shared. */
export function systemAudioError(error: unknown, path: 'tab' | 'loopback'): SurtitleError {
  if (error instanceof SurtitleError) return error;
  if (path === 'tab' && BY_NAME[nameOf(error)] === 'permission_denied') {
    return captureError('permission_denied', {
      message: 'Nothing was shared. Start again, choose a tab or a screen, and allow its audio to be shared.',
      cause: error,
    });
  }
  return captureError('system_audio_unavailable', { cause: error });
}

/** Whatever was thrown, with a code of ours. */
export function anyCaptureError(error: unknown): SurtitleError {
  if (error instanceof SurtitleError) return error;
  return captureError('capture_failed', {
    message: `${SENTENCES.capture_failed} (${describeError(error)})`,
    cause: error,
  });
}

function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}
