import type { CaptionState } from '../../../core/captions/caption-state.ts';
import type { CaptionKeeper } from '../../../core/captions/caption-stream.ts';
import { systemClock } from '../../../core/foundation/clock.ts';
import { SurtitleError } from '../../../core/foundation/errors.ts';
import type { FinalMessage, ReadyMessage } from '../../../core/protocol/server-messages.ts';
import type { ControlLink } from './control-link.ts';

export interface PageKeeperOptions {
  readonly link: Pick<ControlLink, 'call' | 'watch'>;
  /** Where the sound comes from, for people. */
  readonly source: () => string;
  readonly ready: Promise<ReadyMessage>;
  readonly onKeeping: (keeping: CaptionState['keeping']) => void;
}

const SLOW_MS = 1_000;

/**
 * Keeps a page’s finals in the history of the machine that recognises them. While it does not answer they wait here, so
 * that captions go on, and are kept when it is back; what the server had not ended by then goes into a new session.
 */
export class PageKeeper implements CaptionKeeper {
  readonly #options: PageKeeperOptions;
  readonly #waiting: FinalMessage[] = [];
  readonly #over = new AbortController();
  #begun: Promise<boolean> | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(options: PageKeeperOptions) {
    this.#options = options;
    // Where it rejects there is nothing to keep, and whoever reads the stream is told.
    options.ready.catch(() => undefined);
    options.link.watch((state) => {
      if (state === 'open') void this.#schedule();
      // The server ends a session with its connection.
      else this.#begun = null;
    }, this.#over.signal);
  }

  final(message: FinalMessage): Promise<void> {
    this.#waiting.push(message);
    return this.#untilSlow(this.#schedule());
  }

  async close(audioMs: number): Promise<void> {
    await this.#schedule();
    this.#over.abort();
    const lost = this.#waiting.length;
    if (lost > 0) {
      throw new SurtitleError(
        'history_unwritable',
        `${lost === 1 ? 'One caption is' : `${lost} captions are`} not in the history: Surtitle did not answer until the end. Copy the text from this page.`,
      );
    }
    if (this.#begun) await this.#options.link.call('session.end', { audioMs: Math.round(audioMs) });
  }

  /** Captions wait for the history, but no longer than this. */
  #untilSlow(kept: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = systemClock.setTimer(SLOW_MS, resolve);
      void kept.finally(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  #schedule(): Promise<void> {
    this.#work = this.#work.then(() => this.#send());
    return this.#work;
  }

  async #send(): Promise<void> {
    const { link, onKeeping } = this.#options;
    try {
      for (let final = this.#waiting[0]; final; final = this.#waiting[0]) {
        this.#begun ??= this.#begin();
        if (await this.#begun) await link.call('session.final', kept(final));
        this.#waiting.shift();
        if (this.#waiting.length === 0) onKeeping((await this.#begun) ? 'on' : 'off');
      }
    } catch {
      // It stays here and is tried with the next, or when the connection is back; the interface says so.
      this.#begun = null;
      onKeeping('failing');
    }
  }

  async #begin(): Promise<boolean> {
    const { link, source, ready } = this.#options;
    const { model, language } = await ready;
    const answer = await link.call('session.begin', { source: source(), model: model.name, language });
    return (answer as { readonly keeping: boolean }).keeping;
  }
}

function kept({ segment_id, text, language, start_ms, end_ms, confidence }: FinalMessage): object {
  return { segment_id, text, language, start_ms, end_ms, confidence };
}
