import { useTranslation } from 'react-i18next';
import { describeBytes } from '../../../core/models/byte-words.ts';
import type { ModelDownload } from '../../../ipc/views.ts';
import { Progress } from '../../components/progress.tsx';
import { roughTime } from '../time-words.ts';

/** How far a download is. */
export function DownloadProgress({ download }: { readonly download: ModelDownload }) {
  const { t } = useTranslation();
  const { name, event, bytesPerSecond } = download;
  const hasBytes = event !== null && 'bytes' in event && event.totalBytes > 0;
  const words = (): string => {
    switch (event?.type) {
      case undefined:
        return t('models.starting');
      case 'waiting':
        return t('models.waiting');
      case 'retrying':
        return t('models.retrying', { seconds: Math.max(1, Math.round(event.delayMs / 1_000)) });
      case 'restarting':
        return t('models.restarting');
      case 'checking':
        return t('models.checking', { percent: Math.floor((event.bytes / event.totalBytes) * 100) });
      case 'downloading':
        return [amount(event.bytes, event.totalBytes), ...pace(event.totalBytes - event.bytes)].join(' · ');
    }
  };
  const amount = (bytes: number, totalBytes: number): string =>
    t('models.amount', { bytes: describeBytes(bytes), total: describeBytes(totalBytes) });
  const pace = (bytesLeft: number): string[] => {
    if (bytesPerSecond === null || bytesPerSecond < 1) return [];
    const time = roughTime((bytesLeft / bytesPerSecond) * 1_000);
    const left = time.key === 'lessThanMinute' ? t('times.lessThanMinute') : t(`times.${time.key}`, time);
    return [t('models.rate', { bytes: describeBytes(bytesPerSecond) }), t('models.left', { time: left })];
  };
  return (
    <div className="flex flex-col gap-1.5">
      <Progress
        share={hasBytes ? event.bytes / event.totalBytes : null}
        label={t('models.progressOf', { name })}
      />
      <p className="text-sm text-ink-muted tabular-nums">{words()}</p>
    </div>
  );
}
