import type { Microphone } from '../../core/captions/capture-types.ts';
import type { Clock, Timer } from '../../core/foundation/clock.ts';
import type { InputDevice, MicrophoneDevices } from './capture-ports.ts';

const ALIASES: ReadonlySet<string> = new Set(['default', 'communications']);
const LOOK_EVERY_MS = 3_000;

/** Each microphone once, in the system’s order; which one the system would choose, as far as it tells. */
export function listMicrophones(devices: readonly InputDevice[]): readonly Microphone[] {
  const choice = devices.find(({ id }) => id === 'default');
  const real = devices.filter(({ id }) => !ALIASES.has(id));
  const chosen = choice ? real.find(({ groupId }) => groupId === choice.groupId) : real[0];
  return real.map((device) => ({ label: device.label, isDefault: device === chosen }));
}

export interface MicrophoneWatch {
  readonly devices: MicrophoneDevices;
  readonly clock: Clock;
  readonly onChanged: () => void;
  readonly signal: AbortSignal;
}

/** Tells when the list is another one: not every system says so by itself, so it is also looked at. */
export function watchMicrophones({ devices, clock, onChanged, signal }: MicrophoneWatch): void {
  let known: string | null = null;
  const look = async (): Promise<void> => {
    // A list that cannot be read now may be read the next time.
    const list = await devices.list().catch(() => null);
    if (signal.aborted || !list) return;
    const seen = JSON.stringify(listMicrophones(list));
    if (known !== null && known !== seen) onChanged();
    known = seen;
  };
  let timer: Timer | null = null;
  const schedule = (): void => {
    if (!signal.aborted) timer = clock.setTimer(LOOK_EVERY_MS, () => void look().then(schedule));
  };
  signal.addEventListener('abort', () => timer?.cancel(), { once: true });
  devices.onChange(() => void look(), signal);
  void look().then(schedule);
}
