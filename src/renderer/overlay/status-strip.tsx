import { Clock3, CloudOff, type LucideIcon, Pause, TriangleAlert, Unplug, VolumeX } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaptionState } from '../../core/captions/caption-state.ts';
import { classes } from '../components/classes.ts';
import type { Badge } from './badges.ts';

const ICONS: Readonly<Record<Badge['kind'], LucideIcon>> = {
  starting: Clock3,
  paused: Pause,
  silent: VolumeX,
  reconnecting: Unplug,
  notKept: TriangleAlert,
  unauthorized: CloudOff,
  behind: Clock3,
  problem: TriangleAlert,
};

export interface StatusStripProps {
  readonly captions: CaptionState;
  readonly badges: readonly Badge[];
  /** Dots that say that all is well; a page that is broadcast shows none. */
  readonly dots: boolean;
  readonly children?: ReactNode;
}

/** What a reader must know besides the text, quietly, in one line above it. */
export function StatusStrip({ captions, badges, dots, children }: StatusStripProps) {
  return (
    <div className="overlay-chrome overlay-strip flex h-10 items-center gap-2 overflow-hidden pb-1 text-sm text-ink">
      <div role="status" className="flex min-w-0 items-center gap-2">
        {dots && <Dots captions={captions} />}
        {badges.map((badge) => (
          <BadgePill key={badge.kind} badge={badge} />
        ))}
      </div>
      <div className="ml-auto flex shrink-0 items-center gap-1">{children}</div>
    </div>
  );
}

function BadgePill({ badge }: { readonly badge: Badge }) {
  const { t } = useTranslation();
  const Icon = ICONS[badge.kind];
  const text =
    badge.kind === 'problem'
      ? badge.message
      : badge.kind === 'behind'
        ? t('overlay.badge.behind', { count: badge.seconds })
        : t(`overlay.badge.${badge.kind}`);
  const isError = badge.kind === 'unauthorized' || (badge.kind === 'problem' && badge.severity === 'error');
  const isCalm = badge.kind === 'starting' || badge.kind === 'paused';
  return (
    <span
      data-badge={badge.kind}
      title={text}
      className="flex h-7 min-w-0 items-center gap-2 rounded-full border border-line bg-canvas px-3"
    >
      <Icon
        aria-hidden
        className={classes(
          'size-4 shrink-0',
          isError ? 'text-danger' : isCalm ? 'text-ink-muted' : 'text-warning',
        )}
      />
      <span className="truncate">{text}</span>
    </span>
  );
}

function Dots({ captions: { phase, audio, keeping } }: { readonly captions: CaptionState }) {
  const { t } = useTranslation();
  const listens = phase === 'listening' && audio === 'flowing';
  const keeps = keeping === 'on' && phase !== 'idle';
  if (!listens && !keeps) return null;
  return (
    <span className="flex h-7 shrink-0 items-center gap-2 rounded-full bg-canvas px-2">
      {listens && <Dot label={t('overlay.dot.listening')} name="listening" className="bg-success" />}
      {keeps && <Dot label={t('overlay.dot.kept')} name="kept" className="bg-danger" />}
    </span>
  );
}

function Dot(props: { readonly label: string; readonly name: string; readonly className: string }) {
  return (
    <span
      role="img"
      aria-label={props.label}
      title={props.label}
      data-dot={props.name}
      className={classes('block size-2 rounded-full', props.className)}
    />
  );
}
