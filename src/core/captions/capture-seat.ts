import { type Clock, systemClock } from '../foundation/clock.ts';
import { describeError } from '../foundation/errors.ts';
import { type Logger, silentLogger } from '../foundation/logger.ts';
import type { AudioCapture, CaptureListener, CaptureRequest, RunningCapture } from './capture-types.ts';

/** A capture that takes longer to end is not waited for; its frames are no longer taken. */
export const MAX_STOP_MS = 5_000;

/** One capture that was asked for, whatever became of it. */
interface Sitting {
  readonly listener: CaptureListener;
  /** Its frames are taken: from its start until it said that no more come. */
  takesFrames: boolean;
  /** Another capture, or none, is wanted by now. */
  left: boolean;
  running: RunningCapture | null;
  /** It is gone: the next one may begin. */
  release(): void;
}

export interface CaptureSeatOptions {
  readonly capture: AudioCapture;
  readonly clock?: Clock | undefined;
  readonly logger?: Logger | undefined;
}

/**
 * Where one capture sits at a time, however fast captures are started and stopped. A start that was overtaken, by a
 * stop or another start, is ended as soon as it comes about; the next one waits for that.
 */
export class CaptureSeat {
  readonly #capture: AudioCapture;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #sitting: Sitting | null = null;
  /** All earlier captures are gone. */
  #free: Promise<void> = Promise.resolve();

  constructor({ capture, clock = systemClock, logger = silentLogger }: CaptureSeatOptions) {
    this.#capture = capture;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Captures this instead of what was captured before.
   * @returns false where it was overtaken meanwhile. @throws what the capture’s `start` throws.
   */
  async start(request: CaptureRequest, listener: CaptureListener): Promise<boolean> {
    void this.stop();
    const free = this.#free;
    let release = (): void => undefined;
    this.#free = new Promise((resolve) => {
      release = resolve;
    });
    const sitting: Sitting = { listener, takesFrames: false, left: false, running: null, release };
    this.#sitting = sitting;
    await free;
    if (sitting.left) {
      sitting.release();
      return false;
    }
    try {
      sitting.takesFrames = true;
      sitting.running = await this.#capture.start(request, heard(sitting));
    } catch (error) {
      sitting.takesFrames = false;
      sitting.release();
      if (sitting.left) return false;
      this.#sitting = null;
      throw error;
    }
    if (!sitting.left) return true;
    await this.#end(sitting);
    return false;
  }

  /**
   * Ends what is captured. Frames still come until this resolves, and none after; a start that is under way is not
   * waited for. Never rejects.
   */
  async stop(): Promise<void> {
    const sitting = this.#sitting;
    this.#sitting = null;
    if (!sitting) return;
    sitting.left = true;
    if (sitting.running) await this.#end(sitting);
    else sitting.takesFrames = false;
  }

  async #end(sitting: Sitting): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimer(MAX_STOP_MS, () => done('It took too long.'), {
        keepsProcessAlive: true,
      });
      const done = (reason: string | null): void => {
        timer.cancel();
        if (reason !== null) this.#logger.warn('The capture did not end as it should.', { reason });
        resolve();
      };
      sitting.running?.stop().then(
        () => done(null),
        (error: unknown) => done(describeError(error)),
      );
    });
    sitting.takesFrames = false;
    sitting.release();
  }
}

/** What the capture may tell: frames to the last one, the rest only while it is wanted. */
function heard(sitting: Sitting): CaptureListener {
  return {
    frame: (pcm) => {
      if (sitting.takesFrames) sitting.listener.frame(pcm);
    },
    level: (level) => {
      if (!sitting.left) sitting.listener.level(level);
    },
    status: (status) => {
      if (!sitting.left) sitting.listener.status(status);
    },
  };
}
