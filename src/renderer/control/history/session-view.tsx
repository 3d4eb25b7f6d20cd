import { ArrowLeft, Pencil, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistorySessionView } from '../../../ipc/views.ts';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { Page } from '../../components/page.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { useBridge } from '../control-context.ts';
import { ExportMenu } from '../export-menu.tsx';
import { clockTime } from '../time-words.ts';
import { useAnswer } from '../use-answer.ts';
import { usePush } from '../use-live.ts';
import { goTo } from '../use-route.ts';
import { RenameForm } from './rename-form.tsx';
import { StateBadge } from './session-row.tsx';
import { TranscriptLines } from './transcript-lines.tsx';
import { useDateWords } from './use-date-words.ts';
import { useDeleteSession } from './use-delete-session.ts';

/** A session that runs grows, whichever program writes it. */
const LIVE_MS = 3_000;

export interface SessionViewProps {
  readonly id: string;
  /** A line to be shown at once, by its index. */
  readonly line: number | null;
}

/** One session with its text. */
export function SessionView({ id, line }: SessionViewProps) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const ask = useCallback(() => bridge.call('history.read', { id }), [bridge, id]);
  const { answer, again } = useAnswer(ask);
  usePush('history.changed', again);
  const isLive = answer.state === 'there' && answer.value.entry.state === 'live';
  useEffect(() => {
    if (!isLive) return;
    const timer = setInterval(again, LIVE_MS);
    return () => clearInterval(timer);
  }, [isLive, again]);
  if (answer.state === 'there') return <Session session={answer.value} line={line} />;
  return (
    <Page title={t('nav.history')} actions={<BackButton />}>
      {answer.state === 'loading' ? (
        <LoadingState />
      ) : (
        <ErrorState title={t('history.readFailed')} message={answer.message} onRetry={again} />
      )}
    </Page>
  );
}

function Session({ session, line }: { readonly session: HistorySessionView; readonly line: number | null }) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const dates = useDateWords();
  const remove = useDeleteSession();
  const { entry, transcript, damagedLines } = session;
  const { id, title } = entry;
  const text = (): string => transcript.segments.map((segment) => segment.text).join('\n');
  const about = [
    dates.dateAndTime(entry.startedAt),
    clockTime(entry.durationMs),
    t('history.words', { count: entry.words }),
    entry.source,
    entry.model,
  ].filter((part) => part !== '');
  return (
    <div className="mx-auto flex w-full max-w-4xl flex-col gap-6 p-4 sm:p-8">
      <header className="flex flex-col gap-3">
        <BackButton />
        <Title id={id} title={title} />
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-base text-ink-muted tabular-nums">
          <span className="wrap-anywhere">{about.join(' · ')}</span>
          <StateBadge state={entry.state} />
        </div>
        <div className="flex flex-wrap gap-2">
          <CopyButton look="button" label={t('history.copy')} text={text} />
          <ExportMenu what={title} exportAs={(format) => bridge.call('history.export', { id, format })} />
          <Button
            tone="quiet"
            icon={Trash2}
            onClick={() => void remove(id, title).then(() => goTo('history'))}
          >
            {t('history.delete')}
          </Button>
        </div>
      </header>
      {entry.state === 'interrupted' ? <Banner tone="notice">{t('history.interruptedMeans')}</Banner> : null}
      {damagedLines > 0 ? (
        <Banner tone="warning">{t('history.damaged', { count: damagedLines })}</Banner>
      ) : null}
      <TranscriptLines segments={transcript.segments} marked={line} />
    </div>
  );
}

function Title({ id, title }: { readonly id: string; readonly title: string }) {
  const { t } = useTranslation();
  const [renaming, setRenaming] = useState(false);
  if (renaming) return <RenameForm id={id} title={title} onDone={() => setRenaming(false)} />;
  return (
    <div className="flex items-start gap-1">
      <h1 id="page-title" tabIndex={-1} className="text-xl font-semibold wrap-anywhere outline-none">
        {title}
      </h1>
      <IconButton
        icon={Pencil}
        label={t('history.rename')}
        className="-my-1"
        onClick={() => setRenaming(true)}
      />
    </div>
  );
}

function BackButton() {
  const { t } = useTranslation();
  return (
    <Button
      tone="quiet"
      size="small"
      icon={ArrowLeft}
      className="-ms-2.5 self-start"
      onClick={() => goTo('history')}
    >
      {t('history.back')}
    </Button>
  );
}
