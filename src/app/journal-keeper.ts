import type { CaptionKeeper } from '../core/captions/caption-stream.ts';
import type { Clock } from '../core/foundation/clock.ts';
import type { FinalMessage, ReadyMessage } from '../core/protocol/server-messages.ts';
import { Journal, type JournalEvent } from '../core/transcript/journal.ts';

export interface JournalKeeperOptions {
  /** Folder of the history. */
  readonly folder: string;
  /** Where the audio comes from, for people. */
  readonly source: string;
  /** What the server said when it was ready; before it there is no final. */
  readonly ready: Promise<ReadyMessage>;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly onEvent: (event: JournalEvent) => void;
  /** So many finals could not be written until the end. */
  readonly onLost: (count: number) => void;
  readonly onClosed?: () => void;
}

/** Keeps the finals of one session in the history. */
export class JournalKeeper implements CaptionKeeper {
  readonly #options: JournalKeeperOptions;
  readonly #startedAt: Date;
  #journal: Journal | null = null;
  #stopped = false;
  #lastEndMs = 0;

  constructor(options: JournalKeeperOptions) {
    this.#options = options;
    this.#startedAt = options.now();
    // Where the stream ends before, its iteration tells why.
    options.ready.catch(() => undefined);
  }

  async final(message: FinalMessage): Promise<void> {
    if (this.#stopped) return;
    const { model, language } = await this.#options.ready;
    const { folder, source, clock, now, onEvent } = this.#options;
    this.#journal ??= new Journal({
      folder,
      session: { source, model: model.name, language, startedAt: this.#startedAt },
      clock,
      now,
      onEvent,
    });
    this.#lastEndMs = message.end_ms;
    await this.#journal.append(message);
  }

  /** Keeps nothing from now on; what was kept before stays. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#end(this.#lastEndMs);
  }

  async close(audioMs: number): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    await this.#end(audioMs);
  }

  async #end(audioMs: number): Promise<void> {
    const result = await this.#journal?.close(audioMs);
    if (result && result.lost > 0) this.#options.onLost(result.lost);
    if (result) this.#options.onClosed?.();
  }
}
