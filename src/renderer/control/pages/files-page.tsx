import { FileAudio, FilePlus2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { STARTER_MODEL } from '../../../core/models/catalogue.ts';
import type { FileJob } from '../../../ipc/views.ts';
import { Banner } from '../../components/banner.tsx';
import { Button } from '../../components/button.tsx';
import { List } from '../../components/list.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../components/states.tsx';
import { useBridge, useFailureToast, useSettingValues } from '../control-context.ts';
import { FileRow } from '../files/file-row.tsx';
import { TranscriptDialog } from '../files/transcript-dialog.tsx';
import { UploadProgress } from '../files/upload-progress.tsx';
import { useAddingFiles } from '../files/use-adding-files.ts';
import { useDroppedFiles } from '../files/use-dropped-files.ts';
import { useLive } from '../use-live.ts';
import { goTo } from '../use-route.ts';

/** Recordings are dropped here and transcribed one after the other. */
export function FilesPage() {
  const { t } = useTranslation();
  const adding = useAddingFiles();
  const { answer, again } = useLive('files.list', 'files.changed');
  const isOver = useDroppedFiles((files) => void adding.take(files));
  return (
    <Page
      title={t('nav.files')}
      description={t('files.description')}
      actions={
        <Button tone="primary" icon={FilePlus2} onClick={() => void adding.choose()}>
          {t('files.choose')}
        </Button>
      }
    >
      {isOver ? <DropCurtain /> : null}
      <Notices />
      {adding.uploading ? <UploadProgress uploading={adding.uploading} onCancel={adding.cancel} /> : null}
      {answer.state === 'loading' ? <LoadingState /> : null}
      {answer.state === 'failed' ? (
        <ErrorState title={t('files.listFailed')} message={answer.message} onRetry={again} />
      ) : null}
      {answer.state === 'there' ? <Jobs jobs={answer.value} /> : null}
    </Page>
  );
}

function Jobs({ jobs }: { readonly jobs: readonly FileJob[] }) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const tell = useFailureToast();
  const [shown, setShown] = useState<FileJob | null>(null);
  if (jobs.length === 0) {
    return (
      <div className="rounded-lg border-2 border-dashed border-line-strong">
        <EmptyState icon={FileAudio} title={t('files.emptyTitle')}>
          {t('files.empty')}
        </EmptyState>
      </div>
    );
  }
  const over = jobs.filter(({ state }) => state !== 'waiting' && state !== 'running');
  const going = jobs.filter((job) => !over.includes(job));
  const cancelAll = (): void => {
    // From the end, so that none is begun only to be cancelled.
    Promise.all([...going].reverse().map(({ id }) => bridge.call('files.cancel', { id }))).catch(tell);
  };
  const clear = (): void => {
    Promise.all(over.map(({ id }) => bridge.call('files.remove', { id }))).catch(tell);
  };
  const open = (job: FileJob): void => {
    if (job.historyId === null) setShown(job);
    else goTo('history', job.historyId);
  };
  return (
    <section aria-label={t('files.list')} className="flex flex-col gap-3">
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-2">
        <p role="status" className="text-sm text-ink-muted">
          {t('files.summary', { done: over.length, count: jobs.length })}
        </p>
        <div className="flex gap-2">
          {going.length > 1 ? (
            <Button size="small" tone="quiet" onClick={cancelAll}>
              {t('files.cancelAll')}
            </Button>
          ) : null}
          {over.length > 0 ? (
            <Button size="small" tone="quiet" onClick={clear}>
              {t('files.clear')}
            </Button>
          ) : null}
        </div>
      </div>
      <List label={t('files.list')}>
        {jobs.map((job) => (
          <FileRow key={job.id} job={job} onOpen={open} />
        ))}
      </List>
      {shown ? <TranscriptDialog job={shown} onClose={() => setShown(null)} /> : null}
    </section>
  );
}

/** What the user should know before they trust what comes. */
function Notices() {
  const { t } = useTranslation();
  const values = useSettingValues();
  return (
    <>
      {values['captions.model'] === STARTER_MODEL ? (
        <Banner
          tone="notice"
          actions={
            <Button size="small" onClick={() => goTo('models')}>
              {t('files.chooseModel')}
            </Button>
          }
        >
          {t('files.demoModel')}
        </Banner>
      ) : null}
      {values['history.enabled'] ? null : <Banner tone="notice">{t('files.historyOff')}</Banner>}
    </>
  );
}

function DropCurtain() {
  const { t } = useTranslation();
  return (
    <div className="pointer-events-none fixed inset-0 z-40 flex items-center justify-center bg-backdrop p-8">
      <p className="rounded-lg border-2 border-dashed border-accent bg-raised px-8 py-6 text-lg font-semibold text-ink shadow-raised">
        {t('files.dropHere')}
      </p>
    </div>
  );
}
