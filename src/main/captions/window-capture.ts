import type {
  AudioCapture,
  CaptureListener,
  CaptureRequest,
  Microphone,
  RunningCapture,
} from '../../core/captions/capture-types.ts';
import { type Clock, systemClock, type Timer } from '../../core/foundation/clock.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import type { CaptureCommand, CaptureReport } from '../../ipc/capture-window.ts';
import { CaptureLink, CaptureWindowError, captureFailed, type OpenCaptureWindow } from './capture-link.ts';

/** What a user may need to answer the system’s question, and a device to wake up. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 3_000;
const MICROPHONES_TIMEOUT_MS = 5_000;
/** A capture says something every 100 ms. Where nothing came for so long, the window is asked whether it lives. */
export const SILENCE_MS = 3_000;
/** A window that failed is opened again after this long, each time; after the last, it is given up. */
export const REOPEN_DELAYS_MS = [0, 1_000, 5_000] as const;
/** A window that held this long may fail as often again. */
const GOOD_AFTER_MS = 60_000;

/** System audio for the window, from the main process: 48 kHz, mono. */
export interface ExternalAudioSink {
  samples(samples: Float32Array): void;
  ended(code: string, message: string): void;
}

export interface WindowCaptureOptions {
  readonly openWindow: OpenCaptureWindow;
  readonly systemAudio: Extract<CaptureCommand, { type: 'start' }>['systemAudio'];
  /** The window wants the system’s audio read for it; `null`: not any more. */
  readonly onExternalWanted: (sink: ExternalAudioSink | null) => void;
  readonly onMicrophonesChanged: () => void;
  readonly clock?: Clock;
  readonly logger: Logger;
}

/** A capture somebody wants. */
interface Wanted {
  readonly request: CaptureRequest;
  readonly listener: CaptureListener;
  /** Changes with each window it runs in. */
  id: number;
  stopped: boolean;
  failures: number;
  /** When it last began to run in a window; `null` while it is being started. */
  startedAtMs: number | null;
}

/**
 * Captures in a hidden window: frames come over a `MessagePort` of its own, not over IPC. A window that crashes, is
 * killed or hangs is replaced, and what it captured is captured again; the listener is told.
 */
export class WindowCapture implements AudioCapture {
  readonly #options: WindowCaptureOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #link: Promise<CaptureLink> | null = null;
  #wanted: Wanted | null = null;
  #nextId = 1;
  #heardAtMs = 0;
  #watch: Timer | null = null;
  #isExternal = false;

  constructor(options: WindowCaptureOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger;
  }

  async start(request: CaptureRequest, listener: CaptureListener): Promise<RunningCapture> {
    const wanted: Wanted = { request, listener, id: 0, stopped: false, failures: 0, startedAtMs: null };
    this.#wanted = wanted;
    try {
      await this.#run(wanted);
    } catch (error) {
      if (this.#wanted === wanted) {
        this.#wanted = null;
        this.#watch?.cancel();
      }
      throw error;
    }
    return { stop: () => this.#stop(wanted) };
  }

  /** Names are empty before the user allowed microphones. @throws {SurtitleError} `capture_failed`. */
  async microphones(): Promise<readonly Microphone[]> {
    const link = await this.#open();
    const answer = await link.ask({ type: 'microphones', id: this.#nextId++ }, MICROPHONES_TIMEOUT_MS);
    return answer.type === 'microphones' ? answer.microphones : [];
  }

  /** The machine woke up: the window shall look whether its devices still run, and is looked at itself. */
  check(): void {
    this.#link?.then(
      (link) => link.post({ type: 'check' }),
      () => undefined,
    );
    if (this.#wanted) this.#ping();
  }

  /** Ends the window. */
  close(): void {
    const link = this.#link;
    this.#link = null;
    this.#watch?.cancel();
    link?.then(
      (opened) => opened.close(),
      () => undefined,
    );
  }

  /** Starts it in a window, and in another one where that fails. @throws {SurtitleError} */
  async #run(wanted: Wanted): Promise<void> {
    for (;;) {
      try {
        await this.#startIn(await this.#open(), wanted);
        return;
      } catch (error) {
        if (!(error instanceof CaptureWindowError) || wanted.stopped) throw error;
        const delayMs = this.#nextDelay(wanted);
        if (delayMs === null) throw error;
        await new Promise<void>((resolve) => this.#clock.setTimer(delayMs, resolve));
        if (wanted.stopped) throw error;
      }
    }
  }

  async #startIn(link: CaptureLink, wanted: Wanted): Promise<void> {
    // It was stopped while its window was opened.
    if (wanted.stopped) return;
    wanted.id = this.#nextId++;
    const { id, request } = wanted;
    const { systemAudio } = this.#options;
    this.#heardAtMs = this.#clock.now();
    this.#watchLater(SILENCE_MS);
    await link.ask({ type: 'start', id, request, systemAudio }, START_TIMEOUT_MS);
    if (wanted.stopped) return;
    wanted.startedAtMs = this.#clock.now();
  }

  /** @returns `null` where it has failed too often of late. */
  #nextDelay(wanted: Wanted): number | null {
    if (wanted.startedAtMs !== null && this.#clock.now() - wanted.startedAtMs > GOOD_AFTER_MS)
      wanted.failures = 0;
    wanted.startedAtMs = null;
    return REOPEN_DELAYS_MS[wanted.failures++] ?? null;
  }

  async #stop(wanted: Wanted): Promise<void> {
    if (wanted.stopped) return;
    wanted.stopped = true;
    this.#watch?.cancel();
    try {
      const link = await this.#link;
      await link?.ask({ type: 'stop', id: this.#nextId++ }, STOP_TIMEOUT_MS);
    } catch (error) {
      // It is gone, and captures nothing.
      this.#logger.warn('The capture window did not stop as it should.', { reason: describeError(error) });
    }
    if (this.#wanted === wanted) this.#wanted = null;
  }

  #open(): Promise<CaptureLink> {
    if (this.#link) return this.#link;
    const link = CaptureLink.open(this.#options.openWindow, {
      clock: this.#clock,
      logger: this.#logger,
      handler: {
        report: (report) => this.#report(report),
        gone: () => {
          if (this.#link === link) this.#gone();
        },
      },
    });
    this.#link = link;
    link.catch(() => {
      if (this.#link === link) this.#link = null;
    });
    return link;
  }

  #gone(): void {
    this.#link = null;
    this.#watch?.cancel();
    if (this.#isExternal) this.#external(false);
    const wanted = this.#wanted;
    // One that was starting is told by its answer.
    if (!wanted || wanted.stopped || wanted.startedAtMs === null) return;
    wanted.listener.status({
      state: 'lost',
      code: 'capture_failed',
      message: 'The part of Surtitle that listens failed and is being started again.',
    });
    void this.#again(wanted);
  }

  async #again(wanted: Wanted): Promise<void> {
    try {
      const delayMs = this.#nextDelay(wanted);
      if (delayMs === null) throw captureFailed('It fails again and again.');
      await new Promise<void>((resolve) => this.#clock.setTimer(delayMs, resolve));
      if (!wanted.stopped) await this.#run(wanted);
    } catch (error) {
      if (wanted.stopped) return;
      const { code, message } = error instanceof SurtitleError ? error : captureFailed(describeError(error));
      wanted.listener.status({ state: 'ended', code: code as never, message });
    }
  }

  #report(report: CaptureReport): void {
    const wanted = this.#wanted;
    switch (report.type) {
      case 'frame':
      case 'level':
      case 'status':
        this.#heardAtMs = this.#clock.now();
        if (!wanted || wanted.id !== report.id) return;
        if (report.type === 'frame') wanted.listener.frame(report.pcm);
        else if (report.type === 'level') wanted.listener.level(report.level);
        else wanted.listener.status(report.status);
        return;
      case 'microphones_changed':
        this.#options.onMicrophonesChanged();
        return;
      case 'external_wanted':
        this.#external(report.wanted);
        return;
      default:
        return;
    }
  }

  #external(wanted: boolean): void {
    this.#isExternal = wanted;
    const link = this.#link;
    const post = (command: CaptureCommand): void => {
      link?.then(
        (opened) => opened.post(command),
        () => undefined,
      );
    };
    this.#options.onExternalWanted(
      wanted
        ? {
            samples: (samples) => post({ type: 'external', samples: samples as Float32Array<ArrayBuffer> }),
            ended: (code, message) => post({ type: 'external_ended', code, message }),
          }
        : null,
    );
  }

  #watchLater(delayMs: number): void {
    this.#watch?.cancel();
    this.#watch = this.#clock.setTimer(delayMs, () => {
      const quietMs = this.#clock.now() - this.#heardAtMs;
      if (quietMs >= SILENCE_MS) this.#ping();
      this.#watchLater(Math.max(SILENCE_MS - quietMs, 1_000));
    });
  }

  /** Any answer will do: a window that gives none is ended, and replaced. */
  #ping(): void {
    this.microphones().then(
      () => {
        this.#heardAtMs = this.#clock.now();
      },
      (error: unknown) => {
        this.#logger.warn('The capture window gave no answer.', { reason: describeError(error) });
      },
    );
  }
}
