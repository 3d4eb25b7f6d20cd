import { Download, Pause, Play, RotateCcw, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { describeBytes } from '../../../core/models/byte-words.ts';
import type { StoredModel } from '../../../core/models/store.ts';
import type { AvailableModel, ModelDownload } from '../../../ipc/views.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { IconButton } from '../../components/icon-button.tsx';
import { ListRow } from '../../components/list.tsx';
import { Progress } from '../../components/progress.tsx';
import { useErrorWords } from '../use-error-words.ts';
import { DownloadProgress } from './download-progress.tsx';
import type { ModelActions } from './model-actions.ts';
import { languageWords, qualityWords, speedWords } from './model-words.ts';

export interface AvailableRowProps {
  readonly model: AvailableModel;
  readonly download: ModelDownload | null;
  /** What an earlier download left. */
  readonly part: StoredModel | null;
  readonly actions: ModelActions;
}

/** A model that can be downloaded, or is on its way. */
export function AvailableRow({ model, download, part, actions }: AvailableRowProps) {
  const { t } = useTranslation();
  const words = useErrorWords();
  const { name, bytes, memoryBytes, recommended, suitability } = model;
  const details = [
    languageWords(model, t),
    qualityWords(model, t),
    t('models.size', { size: describeBytes(bytes) }),
    t('models.memory', { size: describeBytes(memoryBytes) }),
    speedWords(model, t),
  ].filter((part) => part !== '');
  return (
    <ListRow
      title={
        <span className="inline-flex flex-wrap items-center gap-2">
          {name}
          {recommended ? (
            <Badge tone="accent">
              {t(model.languages === 'en' ? 'models.recommendedEnglish' : 'models.recommendedMany')}
            </Badge>
          ) : null}
          {suitability === 'too_large' ? <Badge tone="warning">{t('models.tooLarge')}</Badge> : null}
        </span>
      }
      details={details.join(' · ')}
      trailing={<Actions model={model} download={download} part={part} actions={actions} />}
    >
      {download && !download.error ? <DownloadProgress download={download} /> : null}
      {download?.error ? (
        <p role="alert" className="text-base text-danger wrap-anywhere">
          {words(download.error)}
        </p>
      ) : null}
      {!download && part ? <Paused part={part} totalBytes={bytes} /> : null}
    </ListRow>
  );
}

function Paused({ part, totalBytes }: { readonly part: StoredModel; readonly totalBytes: number }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-1.5">
      <Progress share={part.bytes / totalBytes} label={t('models.progressOf', { name: part.name })} />
      <p className="text-sm text-ink-muted tabular-nums">
        {t('models.paused', { bytes: describeBytes(part.bytes), total: describeBytes(totalBytes) })}
      </p>
    </div>
  );
}

function Actions({ model: { name, recommended }, download, part, actions }: AvailableRowProps) {
  const { t } = useTranslation();
  const discard = (
    <IconButton icon={X} label={t('models.discardOf', { name })} onClick={() => actions.discard(name)} />
  );
  if (download && !download.error) {
    return (
      <>
        <Button
          size="small"
          icon={Pause}
          aria-label={t('models.pauseOf', { name })}
          onClick={() => actions.pause(name)}
        >
          {t('models.pause')}
        </Button>
        {discard}
      </>
    );
  }
  if (download?.error || part) {
    return (
      <>
        <Button
          size="small"
          icon={download?.error ? RotateCcw : Play}
          aria-label={t(download?.error ? 'models.retryOf' : 'models.resumeOf', { name })}
          onClick={() => actions.pull(name)}
        >
          {download?.error ? t('common.retry') : t('models.resume')}
        </Button>
        {discard}
      </>
    );
  }
  return (
    <Button
      size="small"
      icon={Download}
      tone={recommended ? 'primary' : 'secondary'}
      aria-label={t('models.downloadOf', { name })}
      onClick={() => actions.pull(name)}
    >
      {t('models.download')}
    </Button>
  );
}
