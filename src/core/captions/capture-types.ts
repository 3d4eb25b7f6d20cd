/** Where audio can be taken from. `both`: microphone and system audio, mixed. */
export type CaptureSource = 'microphone' | 'system' | 'both';

/**
 * The way audio is really taken. `loopback`: the system hands its own output out. `monitor`: a recording program reads
 * the default output (Linux). `tab`: the audio of a browser tab or screen that the user shares.
 */
export type CapturePath = 'microphone' | 'loopback' | 'monitor' | 'tab';

export interface CaptureRequest {
  readonly source: CaptureSource;
  /** The microphone’s name as the system tells it; `null` is the system’s own choice. */
  readonly microphone: string | null;
  /** For the microphone only; never asked for of system audio. */
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

/** A microphone that is there. */
export interface Microphone {
  /** As the system names it; it may be empty before the user allowed microphones. */
  readonly label: string;
  readonly isDefault: boolean;
}

/** Loudness of the last tenth of a second, in dB below full scale (0 is the loudest; -120 stands for none). */
export interface AudioLevel {
  readonly rmsDb: number;
  readonly peakDb: number;
}

/** Why audio does not come. Each has its sentence in the interface’s texts. */
export type CaptureProblemCode =
  /** The user, or the system’s privacy settings, do not allow it. */
  | 'permission_denied'
  /** There is no microphone at all. */
  | 'no_microphone'
  /** The microphone that was chosen is not there; another is used until it is back. */
  | 'microphone_missing'
  /** It was unplugged while it was in use. */
  | 'device_lost'
  /** Another program holds it, or the system cannot open it. */
  | 'device_busy'
  /** The user ended the sharing of a tab or screen. */
  | 'sharing_ended'
  /** What was shared has no audio: the box "share audio" was not ticked. */
  | 'no_audio_shared'
  /** This system gives its audio to nobody, as it is installed now. The message says what to install. */
  | 'system_audio_unavailable'
  /** The page is not allowed to capture: it is not served from this machine or over TLS. */
  | 'insecure_page'
  /** The window that captures crashed or does not answer. */
  | 'capture_failed';

/** What is wrong, and what to do. */
export interface CaptureWarning {
  readonly code: CaptureProblemCode;
  readonly message: string;
}

/** How a running capture is doing; told on every change. */
export type CaptureStatus =
  /**
   * Audio comes, from the device of this name. `substitute`: not the one that was asked for. `warning`: what is not as
   * wanted all the same, such as one of two sources that is away. Of two sources, `path` is the system audio’s.
   */
  | {
      readonly state: 'flowing';
      readonly label: string;
      readonly path: CapturePath;
      readonly substitute: boolean;
      readonly warning: CaptureWarning | null;
    }
  /** Audio comes, but every sample has been zero for so long: muted in hardware, or nothing plays. */
  | { readonly state: 'silent'; readonly label: string; readonly forMs: number }
  /** Nothing comes but silence in its place, so that what was said ends. Capture goes on by itself when it can. */
  | { readonly state: 'lost'; readonly code: CaptureProblemCode; readonly message: string }
  /** Nothing comes and it will not, until it is started again. */
  | { readonly state: 'ended'; readonly code: CaptureProblemCode; readonly message: string };

export interface CaptureListener {
  /** 16 kHz, mono, signed 16 bit, 20 to 100 ms. */
  frame(pcm: Uint8Array): void;
  /** About ten times a second. */
  level(level: AudioLevel): void;
  status(status: CaptureStatus): void;
}

/** A capture that runs until it is stopped, whatever happens to its devices. */
export interface RunningCapture {
  /** Resolves when no frame comes any more. Safe to call twice. */
  stop(): Promise<void>;
}

/** Takes audio from the machine: in the browser’s own page, or in a hidden window of the desktop app. */
export interface AudioCapture {
  /**
   * Starts. Resolves once audio flows (its `status` was told before), within the time a user takes to allow it.
   * @throws {SurtitleError} with a {@link CaptureProblemCode}.
   */
  start(request: CaptureRequest, listener: CaptureListener): Promise<RunningCapture>;
}
