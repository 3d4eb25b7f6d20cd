import { type MonitorListener, type MonitorOptions, OutputMonitor } from './monitor.ts';
import { findRecorder } from './recorders.ts';

/**
 * How the capture window shall take the system’s audio. Linux may need a recorder: loopback works with PulseAudio
 * alone, and can stay silent.
 */
export function systemAudioWay(platform: NodeJS.Platform = process.platform): 'loopback' | 'either' {
  return platform === 'linux' ? 'either' : 'loopback';
}

/** What is known beforehand of system audio on this machine, for the interface. */
export function systemAudioSupport(platform: NodeJS.Platform = process.platform): {
  readonly available: boolean;
  readonly path: 'loopback' | 'monitor' | null;
  readonly message: string | null;
} {
  if (platform === 'linux' && !findRecorder()) {
    return {
      available: true,
      path: 'loopback',
      message:
        'System audio works with PulseAudio or pipewire-pulse. If it stays silent, install pulseaudio-utils or pipewire-bin.',
    };
  }
  return { available: true, path: 'loopback', message: null };
}

/** Reads the system’s audio for the capture window while that wants it. */
export class ExternalSystemAudio {
  readonly #options: Omit<MonitorOptions, 'listener'>;
  readonly #listener: MonitorListener;
  #monitor: OutputMonitor | null = null;

  constructor(options: Omit<MonitorOptions, 'listener'>, listener: MonitorListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Follows the window’s `external_wanted`. */
  want(wanted: boolean): void {
    this.#monitor?.stop();
    this.#monitor = null;
    if (!wanted) return;
    this.#monitor = new OutputMonitor({ ...this.#options, listener: this.#listener });
    this.#monitor.start();
  }
}
