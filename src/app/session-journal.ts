import type { ClientEvent } from '../core/client/client-events.ts';
import type { Clock } from '../core/foundation/clock.ts';
import { Journal, type JournalEvent } from '../core/transcript/journal.ts';

export interface SessionJournalOptions {
  /** Folder of the history. */
  readonly folder: string;
  /** Where the audio comes from, for people. */
  readonly source: string;
  /** What the session is called from the start; without it, it is called by its first words. */
  readonly title?: string;
  readonly clock: Clock;
  readonly now: () => Date;
  /** Writes one line for the user. */
  readonly note: (line: string) => void;
}

/** Keeps a stream's finals in the history. Told of a final, it is done when the final is on the disk. */
export class SessionJournal {
  readonly #options: SessionJournalOptions;
  #journal: Journal | null = null;
  #audioMs = 0;

  constructor(options: SessionJournalOptions) {
    this.#options = options;
  }

  async event(_atMs: number, event: ClientEvent): Promise<void> {
    if (event.type === 'final') await this.#journal?.append(event);
    else if (event.type === 'session_ended') this.#audioMs = event.audio_ms;
    else if (event.type === 'connection' && event.state === 'open') this.#begin(event.ready);
  }

  /** Ends the journal, and tells of what could not be kept. */
  async close(): Promise<void> {
    const result = await this.#journal?.close(this.#audioMs);
    if (!result || result.lost === 0) return;
    const captions = result.lost === 1 ? 'caption is' : 'captions are';
    this.#options.note(
      `${result.lost} ${captions} not in the history: it could not be written until the end.`,
    );
  }

  #begin({
    model,
    language,
  }: {
    readonly model: { readonly name: string };
    readonly language: string;
  }): void {
    const { folder, source, title, clock, now, note } = this.#options;
    this.#journal ??= new Journal({
      folder,
      session: {
        source,
        ...(title === undefined ? {} : { title }),
        model: model.name,
        language,
        startedAt: now(),
      },
      clock,
      now,
      onEvent: (event) => note(describe(event)),
    });
  }
}

function describe(event: JournalEvent): string {
  switch (event.type) {
    case 'created':
      return `Kept in the history as ${event.id}; \`surtitle settings set history.enabled false\` turns it off.`;
    case 'unwritable':
      return `warning: ${event.error.message} Captions go on, and are kept as soon as it can be written. (${event.error.code})`;
    case 'recovered':
      return 'The history is written again; nothing was lost.';
    case 'deleted':
      return 'This session was deleted from the history; the rest of it is not kept either.';
  }
}
