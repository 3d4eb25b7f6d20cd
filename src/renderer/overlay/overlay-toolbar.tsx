import { EyeOff, Lock, type LucideIcon, Pause, Play, Square } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { CaptionState } from '../../core/captions/caption-state.ts';
import type { OverlayControls } from '../bridge/types.ts';

export interface OverlayToolbarProps {
  readonly captions: CaptionState;
  readonly controls: OverlayControls;
}

/** Captions and their overlay, within reach while it is unlocked. */
export function OverlayToolbar({ captions: { phase }, controls }: OverlayToolbarProps) {
  const { t } = useTranslation();
  const idle = phase === 'idle';
  return (
    <div
      role="toolbar"
      aria-label={t('overlay.toolbar')}
      className="overlay-toolbar flex items-center rounded-full border border-line bg-canvas px-1"
    >
      {idle ? (
        <ToolButton icon={Play} label={t('overlay.start')} onClick={() => void controls.start()} />
      ) : (
        <ToolButton
          icon={Square}
          label={t('overlay.stop')}
          disabled={phase === 'stopping'}
          onClick={() => void controls.stop()}
        />
      )}
      {phase === 'paused' ? (
        <ToolButton icon={Play} label={t('overlay.resume')} onClick={() => void controls.resume()} />
      ) : (
        <ToolButton
          icon={Pause}
          label={t('overlay.pause')}
          disabled={phase !== 'listening'}
          onClick={() => void controls.pause()}
        />
      )}
      <ToolButton icon={Lock} label={t('overlay.lock')} onClick={() => void controls.lock()} />
      <ToolButton icon={EyeOff} label={t('overlay.hide')} onClick={() => void controls.hide()} />
    </div>
  );
}

interface ToolButtonProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function ToolButton({ icon: Icon, label, disabled = false, onClick }: ToolButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
      className="grid size-8 place-items-center rounded-full text-ink hover:bg-hover disabled:opacity-40"
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
}
