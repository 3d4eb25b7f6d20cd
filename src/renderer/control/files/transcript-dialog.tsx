import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileJob } from '../../../ipc/views.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorState, LoadingState } from '../../components/states.tsx';
import { useBridge } from '../control-context.ts';
import { useAnswer } from '../use-answer.ts';

export interface TranscriptDialogProps {
  readonly job: FileJob;
  readonly onClose: () => void;
}

/** The transcript of a recording that is not in the history. */
export function TranscriptDialog({ job, onClose }: TranscriptDialogProps) {
  const { t } = useTranslation();
  const bridge = useBridge();
  const { id } = job;
  const ask = useCallback(() => bridge.call('files.export', { id, format: 'txt' }), [bridge, id]);
  const { answer, again } = useAnswer(ask);
  const text = answer.state === 'there' ? answer.value.text : '';
  return (
    <Dialog
      open
      onClose={onClose}
      title={job.fileName}
      description={t('files.notKept')}
      actions={
        <CopyButton look="button" label={t('files.copyText')} text={() => text} disabled={text === ''} />
      }
    >
      {answer.state === 'loading' ? <LoadingState /> : null}
      {answer.state === 'failed' ? (
        <ErrorState title={t('files.openFailed')} message={answer.message} onRetry={again} />
      ) : null}
      {answer.state === 'there' ? <p className="whitespace-pre-wrap wrap-anywhere">{text}</p> : null}
    </Dialog>
  );
}
