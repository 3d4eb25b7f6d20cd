import { useTranslation } from 'react-i18next';
import type { HistoryEntry } from '../../../core/transcript/history-entry.ts';
import { Badge } from '../../components/badge.tsx';
import { ListRow } from '../../components/list.tsx';
import { routeHash } from '../route.ts';
import { clockTime } from '../time-words.ts';
import { SessionMenu } from './session-menu.tsx';
import { useDateWords } from './use-date-words.ts';

/** One session of the list. */
export function SessionRow({ entry }: { readonly entry: HistoryEntry }) {
  const { t } = useTranslation();
  const dates = useDateWords();
  const { id, title, startedAt, durationMs, words, source, state } = entry;
  const details = [
    dates.time(startedAt),
    ...(state === 'newer' ? [] : [clockTime(durationMs), t('history.words', { count: words }), source]),
  ].filter((part) => part !== '');
  return (
    <ListRow
      title={
        <a href={routeHash('history', id)} className="rounded-sm hover:text-accent hover:underline">
          {state === 'newer' ? t('history.newer') : title}
        </a>
      }
      details={<span className="tabular-nums">{details.join(' · ')}</span>}
      trailing={
        <>
          <StateBadge state={state} />
          <SessionMenu entry={entry} />
        </>
      }
    />
  );
}

export function StateBadge({ state }: Pick<HistoryEntry, 'state'>) {
  const { t } = useTranslation();
  if (state === 'live') return <Badge tone="accent">{t('history.live')}</Badge>;
  if (state === 'interrupted') return <Badge tone="warning">{t('history.interrupted')}</Badge>;
  return null;
}
