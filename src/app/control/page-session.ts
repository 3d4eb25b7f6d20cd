import type { Clock } from '../../core/foundation/clock.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import { Journal } from '../../core/transcript/journal.ts';
import type { Handlers } from '../../ipc/call.ts';
import type { BrowserCalls } from '../../ipc/calls.ts';
import type { SettingsOwner } from '../settings-owner.ts';

export interface PageSessionOptions {
  readonly historyFolder: string;
  readonly settings: Pick<SettingsOwner, 'values' | 'trusted'>;
  /** The list of sessions is another. */
  readonly onHistoryChange: () => void;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly logger: Logger;
}

/** A page that is captioned sends its finals here, to be kept as those of the desktop app are. */
export class PageSession {
  readonly #options: PageSessionOptions;
  #journal: Journal | null = null;
  #audioMs = 0;

  constructor(options: PageSessionOptions) {
    this.#options = options;
  }

  /** What the page may ask of it. */
  get handlers(): Handlers<BrowserCalls> {
    return {
      'session.begin': async ({ source, model, language }) => {
        await this.end(this.#audioMs);
        const { historyFolder, settings, onHistoryChange, clock, now, logger } = this.#options;
        const keeping = settings.trusted && settings.values['history.enabled'];
        if (!keeping) return { keeping };
        this.#audioMs = 0;
        this.#journal = new Journal({
          folder: historyFolder,
          session: { source, model, language, startedAt: now() },
          clock,
          now,
          onEvent: (event) => {
            if (event.type === 'unwritable') {
              logger.error('The history cannot be written.', { code: event.error.code });
            }
            if (event.type === 'created') onHistoryChange();
          },
        });
        return { keeping };
      },
      'session.final': async ({ segment_id: _segment, ...final }) => {
        const journal = this.#journal;
        if (!journal) throw sessionMissing();
        this.#audioMs = Math.max(this.#audioMs, final.end_ms);
        await journal.append(final);
      },
      'session.end': ({ audioMs }) => this.end(audioMs),
    };
  }

  /** The session is over; the page said so, or is gone. Safe to call twice; never rejects. */
  async end(audioMs: number = this.#audioMs): Promise<void> {
    const journal = this.#journal;
    this.#journal = null;
    if (!journal) return;
    const { logger, onHistoryChange } = this.#options;
    try {
      const { id, lost } = await journal.close(Math.max(audioMs, this.#audioMs));
      if (lost > 0) logger.error('Captions of a page are not in the history.', { lost });
      if (id !== null) onHistoryChange();
    } catch (error) {
      logger.error('A session of a page could not be ended.', { reason: describeError(error) });
    }
  }
}

function sessionMissing(): SurtitleError {
  return new SurtitleError('session_missing', 'This session is not kept: it was not begun, or is over.');
}
