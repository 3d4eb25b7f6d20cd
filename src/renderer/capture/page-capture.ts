import type {
  AudioCapture,
  CaptureListener,
  CaptureRequest,
  Microphone,
} from '../../core/captions/capture-types.ts';
import type { SystemAudioWay } from './capture-ports.ts';

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
