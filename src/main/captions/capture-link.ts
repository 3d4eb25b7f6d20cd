import { type Clock, systemClock, type Timer } from '../../core/foundation/clock.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import type { CaptureCommand, CaptureReport } from '../../ipc/capture-window.ts';
import { captureReportSchema } from './capture-reports.ts';

/** A window that captures, and how it is spoken to. */
export interface CaptureWindowPort {
  post(command: CaptureCommand): void;
  /** Ends the window. */
  close(): void;
}

export interface CaptureWindowListener {
  /** Anything at all: it comes from a page. */
  report(data: unknown): void;
  /** The window, or its process, is no more. */
  gone(reason: string): void;
}

/** Opens a window that captures. */
export type OpenCaptureWindow = (listener: CaptureWindowListener) => Promise<CaptureWindowPort>;

export interface CaptureLinkHandler {
  report(report: CaptureReport): void;
  /** Nothing comes any more; what was asked is rejected already. Called at most once. */
  gone(reason: string): void;
}

export interface CaptureLinkOptions {
  readonly handler: CaptureLinkHandler;
  readonly clock?: Clock | undefined;
  readonly logger: Logger;
}

type Question = CaptureCommand & { readonly id: number };

interface Pending {
  resolve(report: CaptureReport): void;
  reject(error: SurtitleError): void;
  readonly timer: Timer;
}

/** One capture window as long as it lasts: questions and their answers, and what it says unasked. */
export class CaptureLink {
  readonly #options: CaptureLinkOptions;
  readonly #clock: Clock;
  readonly #pending = new Map<number, Pending>();
  #port: CaptureWindowPort | null = null;
  #over = false;
  #complained = false;

  private constructor(options: CaptureLinkOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** @throws {SurtitleError} `capture_failed`. */
  static async open(openWindow: OpenCaptureWindow, options: CaptureLinkOptions): Promise<CaptureLink> {
    const link = new CaptureLink(options);
    try {
      link.#port = await openWindow({
        report: (data) => link.#report(data),
        gone: (reason) => link.#gone(reason),
      });
    } catch (cause) {
      throw captureFailed('It could not be opened.', cause);
    }
    if (link.#over) {
      link.#port.close();
      throw captureFailed('It failed at once.');
    }
    return link;
  }

  post(command: CaptureCommand): void {
    if (!this.#over) this.#port?.post(command);
  }

  /**
   * Asks, and waits for the answer of the same id. A window that does not answer in time is ended.
   * @throws {SurtitleError} what the window failed with, or `capture_failed`.
   */
  ask(question: Question, timeoutMs: number): Promise<CaptureReport> {
    if (this.#over) return Promise.reject(captureFailed('It is gone.'));
    return new Promise((resolve, reject) => {
      const timer = this.#clock.setTimer(timeoutMs, () => {
        this.#gone(`no answer to "${question.type}" after ${timeoutMs} ms`);
      });
      this.#pending.set(question.id, { resolve, reject, timer });
      this.#port?.post(question);
    });
  }

  /** Ends the window. Nothing is told any more. */
  close(): void {
    this.#end('It was closed.');
  }

  #report(data: unknown): void {
    if (this.#over) return;
    const parsed = captureReportSchema.safeParse(data);
    if (!parsed.success) {
      if (this.#complained) return;
      this.#complained = true;
      this.#options.logger.error('The capture window said something it should not.', {
        where: parsed.error.issues[0]?.path.join('.'),
      });
      return;
    }
    const report = parsed.data;
    switch (report.type) {
      case 'started':
      case 'stopped':
      case 'microphones':
        this.#take(report.id)?.resolve(report);
        return;
      case 'failed':
        this.#take(report.id)?.reject(new SurtitleError(report.code, report.message));
        return;
      default:
        this.#options.handler.report(report);
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.timer.cancel();
    return pending;
  }

  #gone(reason: string): void {
    if (this.#over) return;
    this.#options.logger.error('The capture window failed.', { reason });
    this.#end(reason);
    this.#options.handler.gone(reason);
  }

  #end(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(captureFailed(reason));
    this.#port?.close();
  }
}

/** The window failed, not the device. */
export class CaptureWindowError extends SurtitleError {}

export function captureFailed(_reason: string, cause?: unknown): CaptureWindowError {
  return new CaptureWindowError(
    'capture_failed',
    'The part of Surtitle that listens failed. Start captions again; if that does not help, quit Surtitle and start it anew.',
    { cause },
  );
}
