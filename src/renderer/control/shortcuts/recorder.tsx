import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { describeError } from '../../../core/foundation/errors.ts';
import type { ShortcutAction } from '../../../ipc/views.ts';
import type { DesktopBridge } from '../../bridge/types.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { KeyCombination } from '../../components/key-combination.tsx';
import { acceleratorOf } from './accelerator.ts';

export interface RecorderProps {
  readonly action: ShortcutAction;
  readonly desktop: DesktopBridge;
  readonly platform: string;
  readonly onSave: (accelerator: string) => void;
  readonly onClose: () => void;
}

type Attempt =
  | { readonly state: 'waiting'; readonly hint: string | null }
  | { readonly state: 'checking' | 'free'; readonly accelerator: string }
  | { readonly state: 'refused'; readonly accelerator: string; readonly reason: string };

/** Takes the next key combination, and says before it is saved whether it is to be had. */
export function Recorder({ action, desktop, platform, onSave, onClose }: RecorderProps) {
  const { t } = useTranslation();
  const [attempt, setAttempt] = useState<Attempt>({ state: 'waiting', hint: null });
  const record = async (event: KeyboardEvent): Promise<void> => {
    if (event.key === 'Escape' || (event.key === 'Tab' && !event.ctrlKey && !event.altKey && !event.metaKey))
      return;
    event.preventDefault();
    event.stopPropagation();
    const recorded = acceleratorOf(event, platform);
    if (recorded.state === 'plain') setAttempt({ state: 'waiting', hint: t('shortcuts.needsModifier') });
    if (recorded.state !== 'complete') return;
    const { accelerator } = recorded;
    setAttempt({ state: 'checking', accelerator });
    const next = await tryOut(desktop, action, accelerator, t('shortcuts.taken'));
    // Another combination may have been pressed meanwhile.
    setAttempt((now) => (now.state === 'checking' && now.accelerator === accelerator ? next : now));
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('shortcuts.recordTitle')}
      description={platform === 'darwin' ? t('shortcuts.recordHintMac') : t('shortcuts.recordHint')}
      actions={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            tone="primary"
            disabled={attempt.state !== 'free'}
            onClick={() => attempt.state === 'free' && onSave(attempt.accelerator)}
          >
            {t('common.save')}
          </Button>
        </>
      }
    >
      <button
        type="button"
        // biome-ignore lint/a11y/noAutofocus: the dialog is there to take keys, and radix would focus its close button
        autoFocus
        onKeyDown={(event) => void record(event)}
        className="flex min-h-24 items-center justify-center rounded-md border-2 border-dashed border-line-strong p-4"
      >
        {attempt.state === 'waiting' ? (
          <span className="text-ink-muted">{t('shortcuts.recording')}</span>
        ) : (
          <KeyCombination accelerator={attempt.accelerator} platform={platform} />
        )}
      </button>
      <p role="status" className="min-h-6 text-base">
        {attempt.state === 'waiting' ? <span className="text-warning">{attempt.hint}</span> : null}
        {attempt.state === 'checking' ? (
          <span className="text-ink-muted">{t('shortcuts.checking')}</span>
        ) : null}
        {attempt.state === 'free' ? <span className="text-success">{t('shortcuts.free')}</span> : null}
        {attempt.state === 'refused' ? <span className="text-danger">{attempt.reason}</span> : null}
      </p>
    </Dialog>
  );
}

async function tryOut(
  desktop: DesktopBridge,
  action: ShortcutAction,
  accelerator: string,
  taken: string,
): Promise<Attempt> {
  try {
    const view = await desktop.call('shortcuts.try', { action, accelerator });
    if (view.state === 'active') return { state: 'free', accelerator };
    return { state: 'refused', accelerator, reason: view.message ?? taken };
  } catch (error) {
    return { state: 'refused', accelerator, reason: describeError(error) };
  }
}
