import { History as HistoryIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryEntry } from '../../../core/transcript/history-entry.ts';
import { Button } from '../../components/button.tsx';
import { List } from '../../components/list.tsx';
import { EmptyState } from '../../components/states.tsx';
import { useSettingValues } from '../control-context.ts';
import { goTo } from '../use-route.ts';
import { sessionDays } from './session-days.ts';
import { SessionRow } from './session-row.tsx';
import { useDateWords } from './use-date-words.ts';

/** As many as someone scrolls through; more come when asked for. */
const SHOWN_AT_FIRST = 100;
const SHOWN_MORE = 400;

/** All sessions, by day. */
export function SessionList({ entries }: { readonly entries: readonly HistoryEntry[] }) {
  const { t } = useTranslation();
  const dates = useDateWords();
  const [shown, setShown] = useState(SHOWN_AT_FIRST);
  if (entries.length === 0) return <Empty />;
  return (
    <div className="flex flex-col gap-6">
      {sessionDays(entries.slice(0, shown)).map(({ day, entries: ofDay }) => (
        <section key={day} aria-label={dates.day(day)} className="flex flex-col gap-2">
          <h2 className="text-base font-semibold text-ink-muted">{dates.day(day)}</h2>
          <List label={dates.day(day)}>
            {ofDay.map((entry) => (
              <SessionRow key={entry.id} entry={entry} />
            ))}
          </List>
        </section>
      ))}
      {entries.length > shown ? (
        <Button className="self-center" onClick={() => setShown(shown + SHOWN_MORE)}>
          {t('history.showMore', { count: entries.length - shown })}
        </Button>
      ) : null}
    </div>
  );
}

function Empty() {
  const { t } = useTranslation();
  const isOn = useSettingValues()['history.enabled'];
  return (
    <div className="rounded-lg border border-line bg-surface">
      <EmptyState
        icon={HistoryIcon}
        title={t('history.emptyTitle')}
        actions={isOn ? <Button onClick={() => goTo('captions')}>{t('history.startCaptions')}</Button> : null}
      >
        {isOn ? t('history.empty') : t('history.emptyOff')}
      </EmptyState>
    </div>
  );
}
