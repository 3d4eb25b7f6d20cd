import { SearchX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { HistoryMatchView } from '../../../ipc/views.ts';
import { List, ListRow } from '../../components/list.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../components/states.tsx';
import { routeHash } from '../route.ts';
import { clockTime } from '../time-words.ts';
import type { Answer } from '../use-answer.ts';
import { HighlightedText } from './highlighted-text.tsx';
import { useDateWords } from './use-date-words.ts';

export interface SearchResultsProps {
  readonly query: string;
  readonly answer: Answer<readonly HistoryMatchView[]>;
  readonly onRetry: () => void;
}

/** Sessions in which something was found, and where. */
export function SearchResults({ query, answer, onRetry }: SearchResultsProps) {
  const { t } = useTranslation();
  if (answer.state === 'loading') return <LoadingState label={t('history.searching')} />;
  if (answer.state === 'failed') {
    return <ErrorState title={t('history.searchFailed')} message={answer.message} onRetry={onRetry} />;
  }
  const matches = answer.value;
  return (
    <section aria-label={t('history.results')} className="flex flex-col gap-3">
      <p role="status" className={matches.length === 0 ? 'sr-only' : 'text-sm text-ink-muted'}>
        {t('history.found', { count: matches.length })}
      </p>
      {matches.length === 0 ? (
        <EmptyState icon={SearchX} title={t('history.nothingTitle', { query })}>
          {t('history.nothing')}
        </EmptyState>
      ) : (
        <List label={t('history.results')}>
          {matches.map((match) => (
            <Match key={match.entry.id} match={match} />
          ))}
        </List>
      )}
    </section>
  );
}

function Match({ match: { entry, hits, totalHits } }: { readonly match: HistoryMatchView }) {
  const { t } = useTranslation();
  const dates = useDateWords();
  return (
    <ListRow
      title={
        <a href={routeHash('history', entry.id)} className="rounded-sm hover:text-accent hover:underline">
          {entry.title}
        </a>
      }
      details={dates.dateAndTime(entry.startedAt)}
    >
      <ul className="flex flex-col gap-1">
        {hits.map((hit) => (
          <li key={`${hit.segment}-${hit.text}`}>
            <a
              href={routeHash('history', `${entry.id}/${hit.segment}`)}
              className="-mx-2 flex gap-3 rounded-md px-2 py-1 hover:bg-hover"
            >
              <span className="w-14 shrink-0 text-sm leading-6 text-ink-muted tabular-nums">
                {clockTime(hit.startMs)}
              </span>
              <span className="min-w-0 wrap-anywhere">
                <HighlightedText text={hit.text} matches={hit.matches} />
              </span>
            </a>
          </li>
        ))}
      </ul>
      {totalHits > hits.length ? (
        <p className="text-sm text-ink-muted">{t('history.moreHits', { count: totalHits - hits.length })}</p>
      ) : null}
    </ListRow>
  );
}
