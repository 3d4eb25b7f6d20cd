import { type BrowserWindow, MessageChannelMain, type MessagePortMain } from 'electron';
import type { AudioCapture, CaptureListener } from '../../core/captions/capture-types.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import type { CaptureCommand, CaptureReport } from '../../ipc/capture-window.ts';
import { CAPTURE_PORT_CHANNEL } from '../../ipc/desktop-global.ts';

/** Captures in a hidden window: frames come over a `MessagePort` of its own, not over IPC. */
export class WindowCapture implements AudioCapture {
  readonly #openWindow: () => Promise<BrowserWindow>;
  #port: Promise<MessagePortMain> | null = null;
  #nextId = 1;
  readonly #pending = new Map<number, { resolve(): void; reject(error: Error): void }>();
  readonly #listeners = new Map<number, CaptureListener>();

  constructor(openWindow: () => Promise<BrowserWindow>) {
    this.#openWindow = openWindow;
  }

  async start(request: Parameters<AudioCapture['start']>[0], listener: CaptureListener) {
    const id = this.#nextId++;
    this.#listeners.set(id, listener);
    await this.#ask({ type: 'start', id, request, systemAudio: 'loopback' });
    return {
      stop: async () => {
        this.#listeners.delete(id);
        await this.#ask({ type: 'stop', id: this.#nextId++ });
      },
    };
  }

  async #ask(command: CaptureCommand & { readonly id: number }): Promise<void> {
    this.#port ??= this.#connect();
    const port = await this.#port;
    await new Promise<void>((resolve, reject) => {
      this.#pending.set(command.id, { resolve, reject });
      port.postMessage(command);
    });
  }

  async #connect(): Promise<MessagePortMain> {
    const window = await this.#openWindow();
    const { port1, port2 } = new MessageChannelMain();
    port1.on('message', ({ data }: { readonly data: CaptureReport }) => this.#report(data));
    port1.start();
    window.webContents.postMessage(CAPTURE_PORT_CHANNEL, null, [port2]);
    return port1;
  }

  #report(report: CaptureReport): void {
    switch (report.type) {
      case 'frame':
        this.#listeners.get(report.id)?.frame(report.pcm);
        return;
      case 'level':
        this.#listeners.get(report.id)?.level(report.level);
        return;
      case 'status':
        this.#listeners.get(report.id)?.status(report.status);
        return;
      case 'started':
      case 'stopped':
        this.#pending.get(report.id)?.resolve();
        this.#pending.delete(report.id);
        return;
      case 'failed':
        this.#pending.get(report.id)?.reject(new SurtitleError(report.code, report.message));
        this.#pending.delete(report.id);
        return;
      default:
        return;
    }
  }
}
