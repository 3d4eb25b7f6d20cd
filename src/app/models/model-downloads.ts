import type { Clock } from '../../core/foundation/clock.ts';
import { SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import type { DownloadEvent } from '../../core/models/download-events.ts';
import type { ModelStore } from '../../core/models/store.ts';
import type { WireError } from '../../ipc/envelope.ts';
import type { ModelDownload } from '../../ipc/views.ts';
import { wireErrorOf } from '../wire-error.ts';
import { SpeedMeter } from './speed-meter.ts';

export interface ModelDownloadsOptions {
  readonly store: Pick<ModelStore, 'pull'>;
  /** Base address to download from instead of the hub. */
  readonly mirror: () => string | null;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How far one is. */
  readonly onProgress: () => void;
  /** One began, ended or failed. */
  readonly onChange: () => void;
}

interface RunningDownload {
  readonly stop: AbortController;
  readonly meter: SpeedMeter;
  event: DownloadEvent | null;
  error: WireError | null;
  /** Never rejects. */
  ended: Promise<void>;
}

/** Downloads in the background, any number side by side. One that failed stays until it is tried again or let go of. */
export class ModelDownloads {
  readonly #options: ModelDownloadsOptions;
  readonly #downloads = new Map<string, RunningDownload>();
  #closed = false;

  constructor(options: ModelDownloadsOptions) {
    this.#options = options;
  }

  get views(): ModelDownload[] {
    return [...this.#downloads].map(([name, { event, meter, error }]) => ({
      name,
      event,
      bytesPerSecond: error ? null : meter.bytesPerSecond,
      error,
    }));
  }

  isRunning(name: string): boolean {
    const download = this.#downloads.get(name);
    return download !== undefined && download.error === null;
  }

  /** Starts one, goes on with one that was stopped, tries one again that failed; nothing where it runs. */
  start(name: string): void {
    if (this.isRunning(name) || this.#closed) return;
    const { clock } = this.#options;
    const download: RunningDownload = {
      stop: new AbortController(),
      meter: new SpeedMeter(clock),
      event: null,
      error: null,
      ended: Promise.resolve(),
    };
    // Behind the others again, when it failed before.
    this.#downloads.delete(name);
    this.#downloads.set(name, download);
    download.ended = this.#run(name, download);
    this.#options.onChange();
  }

  /** Stops one, and forgets that it failed. What has come lies on the disk still. */
  async stop(name: string): Promise<void> {
    const download = this.#downloads.get(name);
    if (!download) return;
    download.stop.abort();
    await download.ended;
    if (this.#downloads.get(name) === download) this.#downloads.delete(name);
    this.#options.onChange();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#downloads.keys()].map((name) => this.stop(name)));
  }

  async #run(name: string, download: RunningDownload): Promise<void> {
    const { store, mirror, logger, onChange } = this.#options;
    try {
      await store.pull(name, {
        mirror: mirror(),
        signal: download.stop.signal,
        onEvent: (event) => this.#heard(download, event),
      });
      this.#downloads.delete(name);
    } catch (error) {
      const stopped = error instanceof SurtitleError && error.code === 'cancelled';
      if (stopped) this.#downloads.delete(name);
      else download.error = wireErrorOf(error, 'A model could not be downloaded.', logger);
    }
    onChange();
  }

  #heard(download: RunningDownload, event: DownloadEvent): void {
    const isAnotherKind = event.type !== download.event?.type;
    download.event = event;
    if (event.type === 'downloading') download.meter.note(event.bytes);
    else download.meter.forget();
    if (isAnotherKind) this.#options.onChange();
    else this.#options.onProgress();
  }
}
