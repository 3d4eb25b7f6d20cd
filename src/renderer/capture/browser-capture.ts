import { systemClock } from '../../core/foundation/clock.ts';
import { openAudioGraph } from './audio-graph.ts';
import { CaptureSession } from './capture-session.ts';
import { listMicrophones, watchMicrophones } from './microphone-list.ts';
import { MicrophoneSource } from './microphone-source.ts';
import type { BrowserCapture, BrowserCaptureOptions } from './page-capture.ts';
import { pageMicrophones, sharedTab } from './page-devices.ts';
import type { Source, SourceListener } from './source-state.ts';
import { SystemSource } from './system-source.ts';

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
