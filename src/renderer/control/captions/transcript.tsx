import { ArrowDown, ChevronDown, ChevronUp, Mic, Pause, Search, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { EmptyState, LoadingState } from '../../components/states.tsx';
import { TextInput } from '../../components/text-input.tsx';
import { useCaptions, useSettingValues } from '../control-context.ts';
import { transcriptText } from '../stores/transcript-lines.ts';
import { FinalRows, UnstableRow } from './transcript-rows.tsx';
import { matchingLines } from './transcript-search.ts';
import { useFollow } from './use-follow.ts';

/** What was said in this session, as it is said. */
export function Transcript() {
  const { t } = useTranslation();
  const transcript = useCaptions((store) => store.transcript);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const { following, onScroll, leave, jumpToEnd } = useFollow(list, transcript);
  const { lines, partial } = transcript;
  const matches = useMemo(() => matchingLines(lines, query), [lines, query]);
  const current = matches.length === 0 ? -1 : (matches[Math.min(at, matches.length - 1)] ?? -1);
  useEffect(() => {
    if (current < 0) return;
    leave();
    list.current?.querySelector('[data-current]')?.scrollIntoView({ block: 'nearest' });
  }, [current, leave]);
  const go = (by: 1 | -1): void => setAt((before) => (before + by + matches.length) % matches.length);
  const isEmpty = lines.length === 0 && !partial;
  return (
    <section
      aria-label={t('captions.transcript')}
      className="relative flex min-h-72 flex-1 flex-col overflow-hidden rounded-lg border border-line bg-surface"
    >
      {isEmpty ? null : (
        <div className="flex flex-wrap items-center gap-2 border-b border-line p-2">
          <SearchBox
            query={query}
            position={Math.min(at, Math.max(0, matches.length - 1)) + 1}
            count={matches.length}
            onQuery={(next) => {
              setQuery(next);
              setAt(0);
            }}
            onGo={go}
          />
          <CopyButton text={() => transcriptText(transcript)} label={t('captions.copyAll')} />
        </div>
      )}
      <div
        ref={list}
        onScroll={onScroll}
        role="log"
        aria-label={t('captions.transcript')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only a keyboard must be able to scroll it
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto -outline-offset-2"
      >
        {isEmpty ? (
          <Nothing />
        ) : (
          <ol data-testid="transcript" className="py-3">
            <FinalRows lines={lines} query={query} current={current} />
            {partial ? <UnstableRow line={partial} /> : null}
          </ol>
        )}
      </div>
      {following || isEmpty ? null : (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
          <Button
            icon={ArrowDown}
            size="small"
            className="pointer-events-auto shadow-raised"
            onClick={jumpToEnd}
          >
            {t('captions.jumpToLive')}
          </Button>
        </div>
      )}
    </section>
  );
}

interface SearchBoxProps {
  readonly query: string;
  readonly position: number;
  readonly count: number;
  readonly onQuery: (query: string) => void;
  readonly onGo: (by: 1 | -1) => void;
}

function SearchBox({ query, position, count, onQuery, onGo }: SearchBoxProps) {
  const { t } = useTranslation();
  const id = useId();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && count > 0) onGo(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') onQuery('');
    else return;
    event.preventDefault();
  };
  return (
    <div className="flex min-w-0 flex-1 items-center gap-1">
      <div className="relative min-w-0 max-w-72 flex-1">
        <Search
          aria-hidden
          className="pointer-events-none absolute inset-s-3 top-1/2 size-4 -translate-y-1/2 text-ink-muted"
        />
        <TextInput
          id={id}
          aria-label={t('captions.search')}
          placeholder={t('captions.search')}
          value={query}
          onChange={({ target }) => onQuery(target.value)}
          onKeyDown={onKeyDown}
          className="ps-9"
        />
      </div>
      {query.trim() === '' ? null : (
        <>
          <span role="status" className="px-1 text-sm whitespace-nowrap text-ink-muted tabular-nums">
            {count === 0 ? t('captions.searchNone') : t('captions.searchCount', { current: position, count })}
          </span>
          <IconButton
            icon={ChevronUp}
            label={t('captions.searchPrevious')}
            disabled={count === 0}
            onClick={() => onGo(-1)}
          />
          <IconButton
            icon={ChevronDown}
            label={t('captions.searchNext')}
            disabled={count === 0}
            onClick={() => onGo(1)}
          />
          <IconButton icon={X} label={t('captions.searchClear')} onClick={() => onQuery('')} />
        </>
      )}
    </div>
  );
}

function Nothing() {
  const { t } = useTranslation();
  const phase = useCaptions((store) => store.state.phase);
  const isRemote = useSettingValues()['server.remote'] !== null;
  if (phase === 'starting') return <LoadingState label={t('captions.starting')} />;
  if (phase === 'paused') {
    return (
      <EmptyState icon={Pause} title={t('captions.phase.paused')}>
        {t('captions.emptyPaused')}
      </EmptyState>
    );
  }
  return phase === 'listening' ? (
    <EmptyState icon={Mic} title={t('captions.emptyListeningTitle')}>
      {t('captions.emptyListening')}
    </EmptyState>
  ) : (
    <EmptyState icon={Mic} title={t('captions.emptyTitle')}>
      {isRemote ? t('captions.emptyRemote') : t('captions.empty')}
    </EmptyState>
  );
}
