import { CircleAlert, CircleCheck, CircleSlash, Clock, FileAudio, RotateCcw, X } from 'lucide-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileJob } from '../../../ipc/views.ts';
import { Button } from '../../components/button.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { ListRow } from '../../components/list.tsx';
import { Progress } from '../../components/progress.tsx';
import { useBridge, useFailureToast } from '../control-context.ts';
import { ExportMenu } from '../export-menu.tsx';
import { clockTime } from '../time-words.ts';
import { useErrorWords } from '../use-error-words.ts';
import { progressWords } from './progress-words.ts';

const ICONS = {
  waiting: Clock,
  running: FileAudio,
  done: CircleCheck,
  failed: CircleAlert,
  cancelled: CircleSlash,
} as const;

const INKS: Readonly<Record<FileJob['state'], string>> = {
  waiting: 'text-ink-muted',
  running: 'text-accent',
  done: 'text-success',
  failed: 'text-danger',
  cancelled: 'text-ink-muted',
};

export interface FileRowProps {
  readonly job: FileJob;
  /** Taken from the first time on. */
  readonly onOpen: (job: FileJob) => void;
}

/** A recording: how far it is, or what came of it. Of many, only those that changed are drawn anew. */
export const FileRow = memo(Row, (before, after) => JSON.stringify(before.job) === JSON.stringify(after.job));

function Row({ job, onOpen }: FileRowProps) {
  const { t } = useTranslation();
  const { state, fileName } = job;
  const Icon = ICONS[state];
  return (
    <ListRow
      leading={<Icon aria-hidden className={`size-5 ${INKS[state]}`} />}
      title={fileName}
      details={<Details job={job} />}
      trailing={<Actions job={job} onOpen={onOpen} />}
    >
      {state === 'running' ? (
        <Progress share={job.share} label={t('files.progressOf', { name: fileName })} />
      ) : null}
      {state === 'done' && job.excerpt !== '' ? (
        <p className="line-clamp-2 max-w-prose text-base text-ink-muted wrap-anywhere">{job.excerpt}</p>
      ) : null}
      {job.warnings.map((warning) => (
        <p key={warning} className="text-sm text-warning wrap-anywhere">
          {warning}
        </p>
      ))}
    </ListRow>
  );
}

function Details({ job }: { readonly job: FileJob }) {
  const { t } = useTranslation();
  const errorWords = useErrorWords();
  switch (job.state) {
    case 'waiting':
      return (
        <>{job.share > 0 ? t('files.waitingFrom', { at: clockTime(job.doneMs) }) : t('files.waiting')}</>
      );
    case 'running':
      return <span className="tabular-nums">{progressWords(job, t)}</span>;
    case 'done':
      return (
        <>
          {job.excerpt === ''
            ? t('files.noSpeech', { length: clockTime(job.durationMs ?? 0) })
            : t('files.done', { length: clockTime(job.durationMs ?? 0) })}
        </>
      );
    case 'cancelled':
      return <>{t('files.cancelled')}</>;
    case 'failed':
      return <span className="text-danger">{job.error ? errorWords(job.error) : t('files.failed')}</span>;
  }
}

function Actions({ job, onOpen }: FileRowProps) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const tell = useFailureToast();
  const { id, state, fileName } = job;
  const act = (name: 'files.cancel' | 'files.retry' | 'files.remove'): void => {
    bridge.call(name, { id }).catch(tell);
  };
  if (state === 'waiting' || state === 'running') {
    return (
      <Button
        size="small"
        aria-label={t('files.cancelOf', { name: fileName })}
        onClick={() => act('files.cancel')}
      >
        {t('common.cancel')}
      </Button>
    );
  }
  return (
    <>
      {state === 'done' ? (
        <>
          <Button size="small" aria-label={t('files.openOf', { name: fileName })} onClick={() => onOpen(job)}>
            {t('files.open')}
          </Button>
          <ExportMenu
            size="small"
            what={fileName}
            exportAs={(format) => bridge.call('files.export', { id, format })}
          />
        </>
      ) : (
        <Button
          size="small"
          icon={RotateCcw}
          aria-label={t('files.retryOf', { name: fileName })}
          onClick={() => act('files.retry')}
        >
          {t('common.retry')}
        </Button>
      )}
      <IconButton
        icon={X}
        label={t('files.removeOf', { name: fileName })}
        onClick={() => act('files.remove')}
      />
    </>
  );
}
