import { systemClock } from '../../core/foundation/clock.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import { type CaptureCommand, type CaptureReport, captureCommandSchema } from '../../ipc/capture-window.ts';
import { anyCaptureError, captureError } from './capture-errors.ts';
import type { SystemAudioWay } from './capture-ports.ts';
import { ExternalAudio } from './external-audio.ts';
import type { BrowserCapture, BrowserCaptureOptions, PageCapture } from './page-capture.ts';

type StartCommand = Extract<CaptureCommand, { type: 'start' }>;

export interface CaptureServiceOptions {
  readonly createCapture: (options: BrowserCaptureOptions) => BrowserCapture;
  readonly loopback: SystemAudioWay;
}

/** What of a `MessagePort` is used. */
export interface CapturePort {
  postMessage(report: CaptureReport): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** Answers the main process’s commands, until the window goes. */
export function serveCapture(port: CapturePort, options: CaptureServiceOptions): void {
  new CaptureService(port, options);
}

class CaptureService {
  readonly #port: CapturePort;
  readonly #external: ExternalAudio;
  readonly #options: CaptureServiceOptions;
  readonly #devices: BrowserCapture;
  /** The start that counts: one that was overtaken closes what it opened. */
  #current = 0;
  #running: PageCapture | null = null;

  constructor(port: CapturePort, options: CaptureServiceOptions) {
    this.#port = port;
    this.#external = new ExternalAudio(
      (wanted) => this.#report({ type: 'external_wanted', wanted }),
      systemClock,
    );
    this.#options = options;
    this.#devices = options.createCapture({});
    this.#devices.onMicrophonesChanged(
      () => this.#report({ type: 'microphones_changed' }),
      new AbortController().signal,
    );
    port.onmessage = ({ data }) => void this.#handle(data);
  }

  async #handle(data: unknown): Promise<void> {
    const parsed = captureCommandSchema.safeParse(data);
    if (!parsed.success) {
      const id = (data as { readonly id?: unknown } | null)?.id;
      this.#fail(
        typeof id === 'number' ? id : 0,
        new SurtitleError(
          'capture_failed',
          `The capture window was told something it does not know: ${parsed.error.message}`,
        ),
      );
      return;
    }
    const command = parsed.data;
    switch (command.type) {
      case 'start':
        return this.#start(command);
      case 'stop':
        return this.#stop(command.id);
      case 'microphones':
        return this.#microphones(command.id);
      case 'external':
        return this.#external.samples(command.samples);
      case 'external_ended':
        return this.#external.ended(new SurtitleError(command.code, command.message));
      case 'check':
        return this.#running?.check();
    }
  }

  async #start({ id, request, systemAudio }: StartCommand): Promise<void> {
    this.#current = id;
    const before = this.#running;
    this.#running = null;
    const isCurrent = (): boolean => this.#current === id;
    try {
      await before?.stop();
      const capture = await this.#capture(systemAudio).start(request, {
        frame: (pcm) => {
          if (isCurrent()) this.#report({ type: 'frame', id, pcm });
        },
        level: (level) => {
          if (isCurrent()) this.#report({ type: 'level', id, level });
        },
        status: (status) => {
          if (isCurrent()) this.#report({ type: 'status', id, status });
        },
      });
      if (isCurrent()) {
        this.#running = capture;
        this.#report({ type: 'started', id });
        return;
      }
      await capture.stop();
      this.#fail(id, captureError('capture_failed', { message: 'It was stopped before it began.' }));
    } catch (error) {
      this.#fail(id, error);
    }
  }

  async #stop(id: number): Promise<void> {
    this.#current = 0;
    const running = this.#running;
    this.#running = null;
    try {
      await running?.stop();
      this.#report({ type: 'stopped', id });
    } catch (error) {
      this.#fail(id, error);
    }
  }

  async #microphones(id: number): Promise<void> {
    try {
      this.#report({ type: 'microphones', id, microphones: await this.#devices.microphones() });
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #capture(systemAudio: StartCommand['systemAudio']): BrowserCapture {
    const { createCapture, loopback } = this.#options;
    const ways = {
      loopback: [loopback],
      external: [this.#external],
      either: [loopback, this.#external],
    };
    return createCapture({ systemAudio: ways[systemAudio] });
  }

  #fail(id: number, error: unknown): void {
    const { code, message } = anyCaptureError(error);
    this.#report({ type: 'failed', id, code, message });
  }

  #report(report: CaptureReport): void {
    this.#port.postMessage(report);
  }
}
