/** What can be done about a problem with one press. */
export type ProblemAction =
  | 'openSystemSettings'
  | 'chooseMicrophone'
  | 'useMicrophone'
  | 'anyLanguage'
  | 'openModels'
  | 'openServer'
  | 'openDiagnostics'
  | 'retry';

const ACTIONS: Readonly<Record<string, readonly ProblemAction[]>> = {
  permission_denied: ['openSystemSettings', 'retry'],
  no_microphone: ['retry'],
  microphone_missing: ['chooseMicrophone'],
  device_lost: ['chooseMicrophone'],
  device_busy: ['chooseMicrophone', 'retry'],
  sharing_ended: ['retry'],
  no_audio_shared: ['retry'],
  system_audio_unavailable: ['useMicrophone', 'retry'],
  insecure_page: [],
  unsupported_language: ['anyLanguage', 'openModels'],
  model_not_found: ['openModels'],
  model_missing: ['openModels'],
  engine_unavailable: ['openServer', 'openModels'],
  connection_lost: [],
  unauthorized: ['openServer'],
  server_unreachable: ['openServer', 'retry'],
  capture_failed: ['retry'],
};

export interface ProblemSituation {
  readonly code: string;
  readonly desktop: boolean;
  /** As Node names it; only Windows and macOS have privacy settings to open. */
  readonly platform: string;
  /** Whether captions stand still, so that they can be started again. */
  readonly idle: boolean;
}

/** What to offer about a problem, the likeliest remedy first. */
export function problemActions({
  code,
  desktop,
  platform,
  idle,
}: ProblemSituation): readonly ProblemAction[] {
  const offered = Object.hasOwn(ACTIONS, code) ? (ACTIONS[code] ?? []) : (['retry'] as const);
  return offered.filter((action) => {
    if (action === 'openSystemSettings') return desktop && (platform === 'darwin' || platform === 'win32');
    if (action === 'retry') return idle;
    return true;
  });
}
