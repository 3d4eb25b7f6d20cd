import { shell, systemPreferences } from 'electron';
import { SurtitleError } from '../core/foundation/errors.ts';
import type { PermissionsView } from '../ipc/views.ts';

/** What is known of system audio; the capture’s own affair. */
export type DescribeSystemAudio = () => PermissionsView['systemAudio'];

/** What the system lets this app hear. */
export function readPermissions(systemAudio: DescribeSystemAudio): PermissionsView {
  return { microphone: microphoneAccess(), systemAudio: systemAudio() };
}

/** Asks the user, where the system has such a question. */
export async function requestMicrophone(): Promise<void> {
  if (process.platform === 'darwin') await systemPreferences.askForMediaAccess('microphone');
}

const PRIVACY_SETTINGS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone',
  win32: 'ms-settings:privacy-microphone',
};

/** @throws {SurtitleError} `no_system_settings` where there are none. */
export async function openPrivacySettings(): Promise<void> {
  const address = PRIVACY_SETTINGS[process.platform];
  if (!address) {
    throw new SurtitleError(
      'no_system_settings',
      'This system has no setting for microphones. Look whether the microphone is plugged in and not muted in the sound settings.',
    );
  }
  await shell.openExternal(address);
}

function microphoneAccess(): PermissionsView['microphone'] {
  // Linux asks nobody.
  if (process.platform !== 'darwin' && process.platform !== 'win32') return 'granted';
  switch (systemPreferences.getMediaAccessStatus('microphone')) {
    case 'granted':
      return 'granted';
    case 'denied':
    case 'restricted':
      return 'denied';
    case 'not-determined':
      return 'not-asked';
    default:
      return 'unknown';
  }
}
