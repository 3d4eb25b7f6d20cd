import { Settings2 } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { useBridge } from '../control-context.ts';
import { HistorySettings } from '../history/history-settings.tsx';
import { SearchField } from '../history/search-field.tsx';
import { SearchResults } from '../history/search-results.tsx';
import { SessionList } from '../history/session-list.tsx';
import { SessionView } from '../history/session-view.tsx';
import { useSearch } from '../history/use-search.ts';
import { useAnswer } from '../use-answer.ts';
import { usePush } from '../use-live.ts';
import { useRoute } from '../use-route.ts';

/** What was captioned and transcribed: all sessions, or one (`#history/ID`, `#history/ID/LINE`). */
export function HistoryPage() {
  const { rest } = useRoute();
  const [query, setQuery] = useState('');
  const [id = '', line] = rest.split('/');
  if (id !== '') return <SessionView key={id} id={id} line={line ? Number(line) : null} />;
  return <Sessions query={query} onQuery={setQuery} />;
}

interface SessionsProps {
  readonly query: string;
  readonly onQuery: (query: string) => void;
}

function Sessions({ query, onQuery }: SessionsProps) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const ask = useCallback(() => bridge.call('history.list'), [bridge]);
  const { answer, again } = useAnswer(ask);
  const wanted = query.trim();
  const search = useSearch(wanted);
  const refresh = useCallback(() => {
    again();
    search.again();
  }, [again, search.again]);
  usePush('history.changed', refresh);
  const settings = useRef<HTMLDivElement>(null);
  const hasAny = answer.state === 'there' && answer.value.entries.length > 0;
  return (
    <Page
      title={t('nav.history')}
      description={t('history.description')}
      actions={
        hasAny && wanted === '' ? (
          <Button tone="quiet" icon={Settings2} onClick={() => settings.current?.scrollIntoView()}>
            {t('history.toSettings')}
          </Button>
        ) : null
      }
    >
      {hasAny ? <SearchField query={query} onChange={onQuery} /> : null}
      {answer.state === 'loading' ? <LoadingState /> : null}
      {answer.state === 'failed' ? (
        <ErrorState title={t('history.listFailed')} message={answer.message} onRetry={again} />
      ) : null}
      {answer.state === 'there' && hasAny && wanted !== '' ? (
        <SearchResults query={wanted} answer={search.answer} onRetry={search.again} />
      ) : null}
      {answer.state === 'there' && (!hasAny || wanted === '') ? (
        <>
          <SessionList entries={answer.value.entries} />
          <div ref={settings}>
            <HistorySettings entries={answer.value.entries} folder={answer.value.folder} />
          </div>
        </>
      ) : null}
    </Page>
  );
}
