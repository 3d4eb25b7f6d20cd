import type {
  AudioCapture,
  CaptureListener,
  CaptureRequest,
  Microphone,
} from '../../core/captions/capture-types.ts';
import { systemClock } from '../../core/foundation/clock.ts';
import { openAudioGraph } from './audio-graph.ts';
import type { SystemAudioWay } from './capture-ports.ts';
import { CaptureSession } from './capture-session.ts';
import { listMicrophones, watchMicrophones } from './microphone-list.ts';
import { MicrophoneSource } from './microphone-source.ts';
import { pageMicrophones, sharedTab } from './page-devices.ts';
import type { Source, SourceListener } from './source-state.ts';
import { SystemSource } from './system-source.ts';

/** A capture that runs in this page. */
export interface PageCapture {
  /** Looks whether everything still runs: the machine woke up. */
  check(): void;
  stop(): Promise<void>;
}

export interface BrowserCapture extends AudioCapture {
  start(request: CaptureRequest, listener: CaptureListener): Promise<PageCapture>;
  /** Those that are there; without names before the user has allowed any. */
  microphones(): Promise<readonly Microphone[]>;
  onMicrophonesChanged(listener: () => void, signal: AbortSignal): void;
}

export interface BrowserCaptureOptions {
  /** Ways to the system’s audio, best first. Default: what the user shares. */
  readonly systemAudio?: readonly SystemAudioWay[];
}

/** Captures in this page, in a browser as in the desktop app’s hidden window. */
export function createBrowserCapture({
  systemAudio = [sharedTab],
}: BrowserCaptureOptions = {}): BrowserCapture {
  return {
    async start(request, listener) {
      const sources: ((listener: SourceListener) => Source)[] = [];
      // Before the microphone: sharing must be asked for soon after the click.
      if (request.source !== 'microphone') {
        sources.push((told) => new SystemSource({ ways: systemAudio, clock: systemClock, listener: told }));
      }
      if (request.source !== 'system') {
        const { echoCancellation, noiseSuppression, autoGainControl } = request;
        sources.push(
          (told) =>
            new MicrophoneSource({
              devices: pageMicrophones,
              wanted: request.microphone,
              processing: { echoCancellation, noiseSuppression, autoGainControl },
              clock: systemClock,
              listener: told,
            }),
        );
      }
      const session = new CaptureSession({
        sources,
        openGraph: openAudioGraph,
        listener,
        clock: systemClock,
      });
      await session.start();
      return session;
    },
    microphones: async () => listMicrophones(await pageMicrophones.list()),
    onMicrophonesChanged: (onChanged, signal) =>
      watchMicrophones({ devices: pageMicrophones, clock: systemClock, onChanged, signal }),
  };
}
