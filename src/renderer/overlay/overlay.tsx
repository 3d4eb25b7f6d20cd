import { ArrowDownToLine } from 'lucide-react';
import { type CSSProperties, type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { OverlayControls } from '../bridge/types.ts';
import { Announcer } from './announcer.tsx';
import { badgesOf } from './badges.ts';
import { CaptionLinesView } from './caption-lines-view.tsx';
import { STRIP_HEIGHT_PX } from './overlay-sizes.ts';
import type { OverlayStore } from './overlay-store.ts';
import { OverlayToolbar } from './overlay-toolbar.tsx';
import type { PageAddress } from './page-address.ts';
import { StatusStrip } from './status-strip.tsx';
import { MoveHandle, UnlockedFrame } from './unlocked-frame.tsx';
import { useFittedCaptions } from './use-caption-fit.ts';
import { useDrag } from './use-drag.ts';
import { useScrollBack } from './use-scroll-back.ts';
import { useWakeLock } from './use-wake-lock.ts';

export interface OverlayProps {
  readonly store: OverlayStore;
  /** `null` in a browser. */
  readonly controls: OverlayControls | null;
  /** What the page’s address asks for; `null` in the desktop app’s overlay. */
  readonly page: PageAddress | null;
}

/** Captions above other windows, or in a browser’s page of their own. */
export function Overlay({ store, controls, page }: OverlayProps) {
  const { t } = useTranslation();
  const state = useStore(store);
  const { captions, lines, top, scrolledBack } = state;
  const { appearance, fit, style, widthOf } = useFittedCaptions(state.appearance, page);
  const { lineCharacters, showUnstable, edge } = appearance;
  const rows = fit.lines;
  const unlocked = controls !== null && state.view?.locked === false;

  useEffect(
    () => store.arrange({ lineCharacters, widthOf, showUnstable }, rows),
    [store, lineCharacters, widthOf, showUnstable, rows],
  );
  const heightPx = STRIP_HEIGHT_PX + fit.boxHeightPx;
  useEffect(() => void controls?.resize(heightPx), [controls, heightPx]);
  const element = useRef<HTMLElement>(null);
  useScrollBack(store, element, { enabled: unlocked || page !== null, rows, lineHeightPx: fit.lineHeightPx });
  useWakeLock(page !== null);

  const badges = badgesOf(captions, state.link);
  const awake = !state.hidden || scrolledBack || unlocked;
  const listens = captions.phase === 'listening' || captions.phase === 'starting';
  const hasBox = unlocked || lines.length > 0 || (page === null && listens);
  const showsStatus = page?.showsStatus ?? true;
  return (
    <main
      ref={element}
      className="overlay"
      style={style as CSSProperties}
      data-shell={page ? 'browser' : 'desktop'}
      data-unlocked={unlocked ? '' : undefined}
    >
      <h1 className="sr-only">{t('overlay.label')}</h1>
      <StatusStrip
        captions={captions}
        badges={showsStatus ? badges.filter(({ kind }) => awake || kind !== 'starting') : []}
        dots={page === null && awake}
      >
        {scrolledBack && (
          <button
            type="button"
            className="flex h-8 items-center gap-2 rounded-full border border-line bg-canvas px-3 text-ink hover:bg-hover"
            onClick={() => store.goLive()}
          >
            <ArrowDownToLine aria-hidden className="size-4" />
            {t('overlay.goLive')}
          </button>
        )}
        {unlocked && <OverlayToolbar captions={captions} controls={controls} />}
        {unlocked && <MoveHandle controls={controls} />}
      </StatusStrip>
      <Draggable controls={unlocked ? controls : null}>
        <div
          className="overlay-captions"
          data-hidden={awake && hasBox ? undefined : ''}
          data-testid="captions"
        >
          <CaptionLinesView
            lines={lines}
            top={top}
            rows={rows}
            showUnstable={showUnstable}
            style={style}
            edge={edge}
            placeholder={page ? undefined : placeholderOf(listens, t)}
          />
        </div>
      </Draggable>
      {unlocked && <UnlockedFrame controls={controls} />}
      <Announcer announcements={state.announcements} />
    </main>
  );
}

function placeholderOf(listens: boolean, t: ReturnType<typeof useTranslation>['t']): string {
  return listens ? t('overlay.listening') : t('overlay.empty');
}

function Draggable(props: { readonly controls: OverlayControls | null; readonly children: ReactNode }) {
  return props.controls ? <Dragged controls={props.controls}>{props.children}</Dragged> : props.children;
}

function Dragged(props: { readonly controls: OverlayControls; readonly children: ReactNode }) {
  const { onPointerDown, onPointerMove, onPointerUp } = useDrag(props.controls, 'move');
  return (
    <div className="cursor-move" {...{ onPointerDown, onPointerMove, onPointerUp }}>
      {props.children}
    </div>
  );
}
