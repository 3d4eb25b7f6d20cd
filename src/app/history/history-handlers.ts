import type { Clock } from '../../core/foundation/clock.ts';
import { describeError, SurtitleError } from '../../core/foundation/errors.ts';
import type { Logger } from '../../core/foundation/logger.ts';
import { exportTranscript } from '../../core/transcript/exports/export-transcript.ts';
import { type HistoryMatch, openHistory } from '../../core/transcript/history.ts';
import { sessionNotFound } from '../../core/transcript/history-errors.ts';
import type { Handlers } from '../../ipc/call.ts';
import type { SharedCalls } from '../../ipc/calls.ts';
import type { HistoryMatchView } from '../../ipc/views.ts';
import type { SettingsOwner } from '../settings-owner.ts';
import { fileNameOf } from './export-name.ts';
import { PendingDeletions } from './pending-deletions.ts';
import { searchTerms } from './search-terms.ts';

export interface HistoryHandlersDependencies {
  /** Folder of the journals. */
  readonly folder: string;
  readonly settings: Pick<SettingsOwner, 'values' | 'trusted'>;
  /** The list of sessions is another. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly logger: Logger;
}

export type HistoryCalls = Pick<
  SharedCalls,
  | 'history.list'
  | 'history.search'
  | 'history.read'
  | 'history.rename'
  | 'history.delete'
  | 'history.undoDelete'
  | 'history.eraseAll'
  | 'history.export'
>;

export interface HistoryHandlers {
  readonly handlers: Handlers<HistoryCalls>;
  /** Deletes what is to be deleted. */
  close(): Promise<void>;
}

/** Long enough to read the notice and reach for its button. */
const UNDO_MS = 8_000;
/** More are no answer to a question, and a page has to draw them. */
const MOST_MATCHES = 200;
const MOST_HITS = 5;

/** Answers what the History page asks. The folder is read anew each time, since other programs write there too. */
export function createHistoryHandlers(dependencies: HistoryHandlersDependencies): HistoryHandlers {
  const { folder, settings, onChange, clock, now, logger } = dependencies;
  const history = openHistory({ folder, now, logger });
  const deletions = new PendingDeletions({
    delayMs: UNDO_MS,
    clock,
    delete: async (id) => {
      try {
        await history.delete(id);
      } catch (error) {
        // Another program was faster.
        if (error instanceof SurtitleError && error.code === 'history_not_found') return;
        logger.error('A session could not be deleted from the history.', { reason: describeError(error) });
      } finally {
        onChange();
      }
    },
  });
  const visible = (id: string): string => {
    if (deletions.has(id)) throw sessionNotFound(id);
    return id;
  };

  return {
    handlers: {
      async 'history.list'() {
        const days = settings.values['history.retentionDays'];
        // Settings that may not be the user's delete nothing.
        if (settings.trusted && days !== null) await history.applyRetention(days);
        const entries = await history.list();
        return { entries: entries.filter(({ id }) => !deletions.has(id)), folder };
      },
      async 'history.search'({ query }, { signal }) {
        const matches: HistoryMatchView[] = [];
        for await (const match of history.search(searchTerms(query))) {
          if (signal.aborted || matches.length === MOST_MATCHES) break;
          if (!deletions.has(match.entry.id)) matches.push(matchView(match));
        }
        return matches;
      },
      'history.read': ({ id }) => history.read(visible(id)),
      async 'history.rename'({ id, title }) {
        await history.rename(visible(id), title);
        onChange();
      },
      async 'history.delete'({ id }) {
        deletions.add(await history.resolve(visible(id)));
        onChange();
        return { undoMs: UNDO_MS };
      },
      async 'history.undoDelete'({ id }) {
        if (!deletions.undo(id)) await history.resolve(id);
        onChange();
      },
      async 'history.eraseAll'() {
        await deletions.forget();
        const erased = await history.eraseAll();
        onChange();
        return { erased };
      },
      async 'history.export'({ id, format }) {
        const { entry, transcript } = await history.read(visible(id));
        return {
          fileName: `${fileNameOf(entry.title, entry.id)}.${format}`,
          text: exportTranscript(transcript, format),
        };
      },
    },
    close: () => deletions.finish(),
  };
}

function matchView({ entry, hits }: HistoryMatch): HistoryMatchView {
  return {
    entry,
    hits: hits
      .slice(0, MOST_HITS)
      .map(({ startMs, segment, snippet: { text, matches } }) => ({ startMs, segment, text, matches })),
    totalHits: hits.length,
  };
}
