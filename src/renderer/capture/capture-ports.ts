/** What capturing needs of the page it runs in. Adapters are in `page-devices.ts` and `audio-graph.ts`. */
import type { CapturePath, CaptureRequest } from '../../core/captions/capture-types.ts';
import type { SurtitleError } from '../../core/foundation/errors.ts';
import type { SampleRing } from './sample-ring.ts';

/** A microphone as a page lists it; the system’s own choice has the id `default` where the browser names it. */
export interface InputDevice {
  readonly id: string;
  /** Empty before the user allowed microphones. */
  readonly label: string;
  /** The same for entries that are one piece of hardware. */
  readonly groupId: string;
}

/** Sound the page takes in, until it is closed. */
export interface SoundInput {
  readonly label: string;
  /** What the graph connects; `null` where `ring` holds the samples instead. */
  readonly stream: object | null;
  readonly ring: SampleRing | null;
  /** Calls once, when nothing comes any more; not after {@link close}. */
  onEnded(listener: (error: SurtitleError) => void): void;
  close(): void;
}

export type Processing = Pick<CaptureRequest, 'echoCancellation' | 'noiseSuppression' | 'autoGainControl'>;

export interface MicrophoneDevices {
  list(): Promise<readonly InputDevice[]>;
  /**
   * @param id `null` takes the system’s own choice.
   * @throws {SurtitleError} `permission_denied`, `no_microphone`, `device_busy`, `insecure_page`; `device_lost` where
   *   the device of this id has gone since it was listed.
   */
  openMicrophone(id: string | null, processing: Processing): Promise<SoundInput>;
  /** Tells that devices or permissions may have changed. Not every system does: who must know also looks by itself. */
  onChange(listener: (what: 'devices' | 'permission') => void, signal: AbortSignal): void;
}

/** One way to the system’s audio. */
export interface SystemAudioWay {
  readonly path: CapturePath;
  /** Whether it can be opened again without asking the user. */
  readonly reopens: boolean;
  /** @throws {SurtitleError} `no_audio_shared`, `permission_denied`, `system_audio_unavailable`, `insecure_page`. */
  open(): Promise<SoundInput>;
}

/** Samples of each channel of each source, all equally long; a source that gives nothing has no channels. */
export type SourceFrames = readonly (readonly Float32Array[])[];

/** Turns streams into frames at 16 kHz, all of one clock. */
export interface AudioGraph {
  /** Replaces what the source is connected to. */
  connect(source: number, stream: object | null): void;
  /** Asks the system to go on, where it suspended audio. */
  resume(): void;
  close(): Promise<void>;
}

/** @throws {SurtitleError} `capture_failed`. */
export type OpenAudioGraph = (
  sources: number,
  onFrames: (frames: SourceFrames) => void,
) => Promise<AudioGraph>;
