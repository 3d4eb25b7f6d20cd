import { captureError, microphoneError, systemAudioError } from './capture-errors.ts';
import type { MicrophoneDevices, SoundInput, SystemAudioWay } from './capture-ports.ts';

const UNPROCESSED = { echoCancellation: false, noiseSuppression: false, autoGainControl: false } as const;

/** The microphones of this page. */
export const pageMicrophones: MicrophoneDevices = {
  async list() {
    const devices = await mediaDevices().enumerateDevices();
    return devices
      .filter(({ kind }) => kind === 'audioinput')
      .map(({ deviceId, label, groupId }) => ({ id: deviceId, label, groupId }));
  },

  async openMicrophone(id, processing) {
    const device = id === null ? {} : { deviceId: { exact: id } };
    try {
      const stream = await mediaDevices().getUserMedia({ audio: { ...processing, ...device } });
      return inputOf(stream, () => captureError('device_lost'));
    } catch (error) {
      throw microphoneError(error);
    }
  },

  onChange(listener, signal) {
    navigator.mediaDevices?.addEventListener('devicechange', () => listener('devices'), { signal });
    navigator.permissions
      ?.query({ name: 'microphone' })
      .then((status) => status.addEventListener('change', () => listener('permission'), { signal }))
      // Not every browser knows this permission; then the user starts again after having allowed it.
      .catch(() => {});
  },
};

/** Sound of a tab or a screen that the user chooses. */
export const sharedTab: SystemAudioWay = {
  path: 'tab',
  reopens: false,
  open: () =>
    openDisplay('tab', {
      // Browsers want a picture to be shared too.
      video: true,
      audio: UNPROCESSED,
      ...{ systemAudio: 'include', selfBrowserSurface: 'exclude', surfaceSwitching: 'include' },
    }),
};

/** The system’s own output, which the desktop app’s main process hands out without asking. */
export const loopback: SystemAudioWay = {
  path: 'loopback',
  reopens: true,
  open: () => openDisplay('loopback', { video: false, audio: UNPROCESSED }),
};

async function openDisplay(
  path: 'tab' | 'loopback',
  options: DisplayMediaStreamOptions,
): Promise<SoundInput> {
  let stream: MediaStream;
  try {
    stream = await mediaDevices().getDisplayMedia(options);
  } catch (error) {
    throw systemAudioError(error, path);
  }
  // The sound goes on without the picture, in Chromium as in Electron: tried by the capture suites.
  for (const track of stream.getVideoTracks()) {
    track.stop();
    stream.removeTrack(track);
  }
  if (stream.getAudioTracks().length === 0) {
    throw captureError(path === 'tab' ? 'no_audio_shared' : 'system_audio_unavailable');
  }
  return inputOf(stream, () =>
    path === 'tab'
      ? captureError('sharing_ended')
      : captureError('device_lost', {
          message: 'The system’s sound output went away. Captions go on as soon as there is one again.',
        }),
  );
}

function inputOf(stream: MediaStream, gone: () => ReturnType<typeof captureError>): SoundInput {
  const [track] = stream.getAudioTracks();
  const closing = new AbortController();
  return {
    label: track?.label ?? '',
    stream,
    ring: null,
    onEnded(listener) {
      const tell = (): void => {
        closing.abort();
        listener(gone());
      };
      // It may have ended before anybody asked.
      if (track?.readyState === 'ended') queueMicrotask(tell);
      else track?.addEventListener('ended', tell, { once: true, signal: closing.signal });
    },
    close() {
      closing.abort();
      for (const each of stream.getTracks()) each.stop();
    },
  };
}

function mediaDevices(): MediaDevices {
  // Absent in pages that came over plain HTTP from another machine.
  const { mediaDevices: devices } = navigator as { readonly mediaDevices?: MediaDevices };
  if (!devices) throw captureError('insecure_page');
  return devices;
}
