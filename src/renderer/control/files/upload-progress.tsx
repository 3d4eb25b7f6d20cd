import { useTranslation } from 'react-i18next';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/page.tsx';
import { Progress } from '../../components/progress.tsx';
import type { Uploading } from './use-adding-files.ts';

export interface UploadProgressProps {
  readonly uploading: Uploading;
  readonly onCancel: () => void;
}

/** Files on their way from the browser to the machine Surtitle runs on. */
export function UploadProgress({ uploading: { count, share }, onCancel }: UploadProgressProps) {
  const { t } = useTranslation();
  const percent = Math.floor(share * 100);
  const label =
    count === null ? t('files.handingOver', { percent }) : t('files.uploading', { count, percent });
  return (
    <Card>
      <div className="flex items-center justify-between gap-4">
        <p className="tabular-nums">{label}</p>
        <Button size="small" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
      </div>
      <Progress share={share} label={label} />
    </Card>
  );
}
