import { GripHorizontal } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { OverlayControls } from '../bridge/types.ts';
import { useDrag } from './use-drag.ts';

/** Shows how far the overlay reaches while it is unlocked, and lets its edges be dragged. */
export function UnlockedFrame({ controls }: { readonly controls: OverlayControls }) {
  const { t } = useTranslation();
  return (
    <div className="overlay-chrome overlay-frame" data-testid="overlay-frame">
      <Edge controls={controls} edge="left" label={t('overlay.leftEdge')} />
      <Edge controls={controls} edge="right" label={t('overlay.rightEdge')} />
    </div>
  );
}

interface EdgeProps {
  readonly controls: OverlayControls;
  readonly edge: 'left' | 'right';
  readonly label: string;
}

function Edge({ controls, edge, label }: EdgeProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      data-edge-handle={edge}
      className="overlay-edge"
      {...useDrag(controls, edge)}
    />
  );
}

/** Moves the overlay; the captions themselves can be dragged as well. */
export function MoveHandle({ controls }: { readonly controls: OverlayControls }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      aria-label={t('overlay.move')}
      title={t('overlay.move')}
      className="overlay-move grid h-8 w-12 place-items-center rounded-full border border-line bg-canvas text-ink"
      {...useDrag(controls, 'move')}
    >
      <GripHorizontal aria-hidden className="size-5" />
    </button>
  );
}
