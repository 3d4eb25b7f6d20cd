import type { PermissionsView } from '../../ipc/views.ts';
import type { ExternalAudioSink } from '../captions/window-capture.ts';
import { type MonitorOptions, OutputMonitor } from './monitor.ts';
import { findRecorder } from './recorders.ts';

/**
 * How the capture window shall take the system’s audio. Linux may need a recorder: loopback works with PulseAudio
 * alone, and can stay silent.
 */
export const SYSTEM_AUDIO_WAY = process.platform === 'linux' ? 'either' : 'loopback';

/** What is known of system audio on this machine before it is tried. */
export function describeSystemAudio(
  platform: NodeJS.Platform = process.platform,
): PermissionsView['systemAudio'] {
  if (platform !== 'linux' || findRecorder()) return { available: true, path: 'loopback', message: null };
  return {
    available: true,
    path: 'loopback',
    message:
      'Should no sound come, install the package pulseaudio-utils (parec) or pipewire-bin (pw-record): Surtitle then records what the output plays.',
  };
}

/** Reads the system’s audio for the capture window while that wants it. */
export class ExternalSystemAudio {
  readonly #options: Omit<MonitorOptions, 'listener'>;
  #monitor: OutputMonitor | null = null;

  constructor(options: Omit<MonitorOptions, 'listener'>) {
    this.#options = options;
  }

  /** @param sink where it goes; `null` ends it. */
  want(sink: ExternalAudioSink | null): void {
    this.#monitor?.stop();
    this.#monitor = null;
    if (!sink) return;
    this.#monitor = new OutputMonitor({
      ...this.#options,
      listener: {
        samples: (samples) => sink.samples(samples),
        ended: ({ code, message }) => sink.ended(code, message),
      },
    });
    this.#monitor.start();
  }
}
