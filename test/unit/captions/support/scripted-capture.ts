import type {
  AudioCapture,
  CaptureListener,
  CaptureRequest,
  CaptureStatus,
  RunningCapture,
} from '../../../../src/core/captions/capture-types.ts';
import type { VirtualClock } from '../../../../src/core/foundation/virtual-clock.ts';

const FRAME_MS = 20;

export const FLOWING: CaptureStatus = {
  state: 'flowing',
  label: 'Desk microphone',
  path: 'microphone',
  substitute: false,
  warning: null,
};

/** A machine's audio as a test plays it: a frame with a number of its own every 20 ms. */
export class ScriptedCapture implements AudioCapture {
  /** Until it starts, and until it has stopped. */
  startMs = 50;
  stopMs = 30;
  /** What the next starts fail with. */
  failure: Error | null = null;
  /** Captures that hold the device: begun, and not ended or failed. */
  holding = 0;
  mostHeld = 0;
  readonly requests: CaptureRequest[] = [];
  /** Frames told while a capture ran that somebody wanted, by number. */
  readonly told: number[] = [];
  #listener: CaptureListener | null = null;
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  async start(request: CaptureRequest, listener: CaptureListener): Promise<RunningCapture> {
    this.requests.push(request);
    this.holding++;
    this.mostHeld = Math.max(this.mostHeld, this.holding);
    await this.#wait(this.startMs);
    if (this.failure) {
      this.holding--;
      throw this.failure;
    }
    this.#listener = listener;
    listener.status(FLOWING);
    let runs = true;
    let wanted = true;
    const startedAtMs = this.#clock.now();
    const frame = (): void => {
      if (!runs) return;
      const number = this.told.length;
      if (wanted) this.told.push(number);
      listener.frame(frameOf(number));
      this.#clock.setTimer(FRAME_MS, frame);
    };
    this.#clock.setTimer(FRAME_MS, frame);
    let stopped: Promise<void> | null = null;
    return {
      stop: () => {
        // It came too late.
        if (this.#clock.now() === startedAtMs) wanted = false;
        stopped ??= this.#wait(this.stopMs).then(() => {
          runs = false;
          this.holding--;
        });
        return stopped;
      },
    };
  }

  /** The capture that started last tells this. */
  status(status: CaptureStatus): void {
    this.#listener?.status(status);
  }

  #wait(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#clock.setTimer(durationMs, resolve));
  }
}

function frameOf(number: number): Uint8Array {
  return new Uint8Array(Uint32Array.from({ length: (FRAME_MS * 32) / 4 }, () => number + 1).buffer);
}

/** Numbers of the frames that audio is made of. */
export function numbersIn(audio: readonly Uint8Array[]): number[] {
  const bytes = new Uint8Array(Buffer.concat(audio));
  const words = new Uint32Array(bytes.buffer, 0, bytes.length / 4);
  return [...words].filter((_, index) => index % ((FRAME_MS * 32) / 4) === 0).map((word) => word - 1);
}
