import type { ClientEvent } from '../../core/client/client-events.ts';
import { type CaptionOutput, CaptionView, type Colors } from '../terminal/caption-view.ts';
import { printable } from '../terminal/cell-width.ts';
import type { CaptionStreamListener } from './caption-stream.ts';

/** Captions for people on standard output, what else they should know on standard error. */
export class CaptionPrinter implements CaptionStreamListener {
  readonly #view: CaptionView;
  readonly #note: (line: string) => void;
  #behind = false;
  #lost = false;

  /** @param note writes one line about the stream. */
  constructor(output: CaptionOutput, colors: Colors, note: (line: string) => void) {
    this.#view = new CaptionView(output, colors);
    this.#note = (line) => {
      this.#view.clearLive();
      note(printable(line));
    };
  }

  event(_atMs: number, event: ClientEvent): void {
    switch (event.type) {
      case 'partial':
        this.#view.showLive({
          text: event.text,
          stableText: event.stable_text,
          startMs: event.start_ms,
        });
        return;
      case 'final':
        this.#view.showFinal({ text: event.text, startMs: event.start_ms });
        return;
      case 'flow':
        this.#flow(event.state !== 'ok', event.lag_ms);
        return;
      case 'gap':
        this.#note(
          `Lost ${((event.end_ms - event.start_ms) / 1000).toFixed(1)} s of audio with the connection.`,
        );
        return;
      case 'error':
        // A fatal one is thrown by the client as well.
        if (!event.fatal) this.#note(`${event.message} (${event.code})`);
        return;
      case 'connection':
        this.#connection(event);
        return;
      case 'session_ended':
        this.#view.clearLive();
        return;
      default:
    }
  }

  /** Takes away what is unfinished. */
  clear(): void {
    this.#view.clearLive();
  }

  #flow(behind: boolean, lagMs: number): void {
    if (behind === this.#behind) return;
    this.#behind = behind;
    this.#note(
      behind ? `Captions are behind by ${(lagMs / 1000).toFixed(0)} s.` : 'Captions have caught up.',
    );
  }

  #connection(event: Extract<ClientEvent, { type: 'connection' }>): void {
    if (event.state === 'lost') {
      this.#note(
        this.#lost
          ? `Still not connected; trying again in ${(event.retry_in_ms / 1000).toFixed(1)} s.`
          : `Connection lost (${event.reason.replace(/\.$/u, '')}); trying again.`,
      );
      this.#lost = true;
    }
    if (event.state === 'resumed' || event.state === 'restarted') {
      this.#lost = false;
      this.#note('Connected again.');
    }
  }
}
