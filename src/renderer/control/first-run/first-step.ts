import type { ModelsView } from '../../../ipc/views.ts';

export const STEPS = ['microphone', 'model', 'test'] as const;
export type Step = (typeof STEPS)[number];

/** What the browser or the system says about the microphone. */
export type MicrophoneAccess = 'granted' | 'denied' | 'not-asked' | 'unknown';

/** Where to go on with the first steps: at what was not done yet. */
export function stepToResume(
  access: MicrophoneAccess,
  models: Pick<ModelsView, 'inUse' | 'downloads'> | null,
  starter: string,
): Step {
  if (access !== 'granted') return 'microphone';
  if (models && (models.inUse !== starter || models.downloads.length > 0)) return 'test';
  return 'microphone';
}

/** About so long a download takes yet, in whole minutes, at least one; `null` while it is not known. */
export function minutesLeft(bytesLeft: number, bytesPerSecond: number | null): number | null {
  if (bytesPerSecond === null || bytesPerSecond <= 0) return null;
  return Math.max(1, Math.round(bytesLeft / bytesPerSecond / 60));
}
