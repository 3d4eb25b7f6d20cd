import { powerMonitor } from 'electron';

export interface PowerListener {
  suspend(): void;
  resume(): void;
}

/** Hears when the machine goes to sleep and wakes up. Only once the app is ready. */
export function onPower(listener: PowerListener, signal: AbortSignal): void {
  const suspend = (): void => listener.suspend();
  const resume = (): void => listener.resume();
  powerMonitor.on('suspend', suspend);
  powerMonitor.on('resume', resume);
  signal.addEventListener(
    'abort',
    () => {
      powerMonitor.off('suspend', suspend);
      powerMonitor.off('resume', resume);
    },
    { once: true },
  );
}
