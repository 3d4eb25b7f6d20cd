import { Download, Package, Pause, Sparkles } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { STARTER_MODEL } from '../../../core/models/catalogue.ts';
import type { AvailableModel, ModelDownload, ModelsView } from '../../../ipc/views.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { List, ListRow } from '../../components/list.tsx';
import { Progress } from '../../components/progress.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { bytesText } from '../amounts.ts';
import { useBridge, useFailureToast } from '../control-context.ts';
import { useModels } from '../use-models.ts';
import { minutesLeft } from './first-step.ts';

/** The starter at once, and a real model that comes meanwhile. */
export function ModelStep() {
  const { t } = useTranslation();
  const { answer, again } = useModels();
  return (
    <div className="flex flex-col gap-4">
      <div>
        <h2 className="text-lg font-semibold">{t('firstRun.model.title')}</h2>
        <p className="max-w-prose text-ink-muted">{t('firstRun.model.text')}</p>
      </div>
      {answer.state === 'loading' ? <LoadingState /> : null}
      {answer.state === 'failed' ? (
        <ErrorState title={t('firstRun.model.failed')} message={answer.message} onRetry={again} />
      ) : null}
      {answer.state === 'there' ? <Models models={answer.value} /> : null}
      <p className="text-sm text-ink-muted">{t('firstRun.model.others')}</p>
    </div>
  );
}

function Models({ models }: { readonly models: ModelsView }) {
  const { t } = useTranslation();
  const real = models.available.find(({ recommended }) => recommended);
  return (
    <List label={t('firstRun.model.title')}>
      <ListRow
        leading={<Sparkles aria-hidden className="size-5" />}
        title={t('firstRun.model.starter')}
        details={t('firstRun.model.starterText')}
        trailing={
          models.inUse === STARTER_MODEL ? (
            <Badge tone="success">{t('firstRun.model.inUse')}</Badge>
          ) : (
            <Badge>{t('firstRun.model.starterReady')}</Badge>
          )
        }
      />
      {real ? (
        <RealModel
          model={real}
          inUse={models.inUse}
          download={models.downloads.find(({ name }) => name === real.name) ?? null}
        />
      ) : (
        <ListRow leading={<Package aria-hidden className="size-5" />} title={t('firstRun.model.none')} />
      )}
    </List>
  );
}

interface RealModelProps {
  readonly model: AvailableModel;
  readonly inUse: string;
  readonly download: ModelDownload | null;
}

function RealModel({ model, inUse, download }: RealModelProps) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const tell = useFailureToast();
  const { name } = model;
  const pull = (): void => void bridge.call('models.pull', { name }).catch(tell);
  const runs = download !== null && download.error === null;
  const details = [
    t('firstRun.model.realText', { size: bytesText(model.bytes) }),
    model.languages === 'en' ? t('firstRun.model.english') : t('firstRun.model.multilingual'),
  ].join(' ');
  return (
    <ListRow
      leading={<Package aria-hidden className="size-5" />}
      title={t('firstRun.model.real', { name })}
      details={details}
      trailing={
        inUse === name ? (
          <Badge tone="success">{t('firstRun.model.inUse')}</Badge>
        ) : model.installed ? (
          <Button size="small" onClick={() => void bridge.call('models.use', { name }).catch(tell)}>
            {t('firstRun.model.use')}
          </Button>
        ) : runs ? (
          <Button
            size="small"
            icon={Pause}
            onClick={() => void bridge.call('models.stopPull', { name, discard: false }).catch(tell)}
          >
            {t('firstRun.model.stop')}
          </Button>
        ) : (
          <Button size="small" tone="primary" icon={Download} onClick={pull}>
            {download ? t('common.retry') : t('firstRun.model.download')}
          </Button>
        )
      }
    >
      {runs ? <DownloadProgress download={download} /> : null}
      {download?.error ? (
        <p role="alert" className="text-sm text-danger">
          {download.error.message}
        </p>
      ) : null}
    </ListRow>
  );
}

function DownloadProgress({ download }: { readonly download: ModelDownload }) {
  const { t } = useTranslation();
  const { event, bytesPerSecond, name } = download;
  const amounts = event && 'bytes' in event ? event : null;
  const minutes = amounts ? minutesLeft(amounts.totalBytes - amounts.bytes, bytesPerSecond) : null;
  const done = amounts ? { done: bytesText(amounts.bytes), size: bytesText(amounts.totalBytes) } : null;
  return (
    <div className="flex flex-col gap-1">
      <Progress
        share={amounts && amounts.totalBytes > 0 ? amounts.bytes / amounts.totalBytes : null}
        label={t('firstRun.model.downloadLabel', { name })}
      />
      <p className="text-sm text-ink-muted tabular-nums">
        {event?.type === 'checking'
          ? t('firstRun.model.checking')
          : event?.type === 'retrying' || event?.type === 'restarting'
            ? t('firstRun.model.retrying')
            : done === null
              ? t('firstRun.model.waiting')
              : minutes === null
                ? t('firstRun.model.downloading', done)
                : t('firstRun.model.downloadingTime', { ...done, minutes })}
      </p>
    </div>
  );
}
