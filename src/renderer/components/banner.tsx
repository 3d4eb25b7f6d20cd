import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { classes } from './classes.ts';
import { IconButton } from './icon-button.tsx';

export type BannerTone = 'notice' | 'warning' | 'error';

const TONES = {
  notice: { look: 'bg-accent-soft', icon: Info, ink: 'text-accent' },
  warning: { look: 'bg-warning-soft', icon: TriangleAlert, ink: 'text-warning' },
  error: { look: 'bg-danger-soft', icon: CircleAlert, ink: 'text-danger' },
} as const;

export interface BannerProps {
  readonly tone: BannerTone;
  /** What happened, in a few words. */
  readonly title?: string;
  /** What it means and what to do. */
  readonly children: ReactNode;
  readonly actions?: ReactNode;
  readonly onDismiss?: () => void;
}

/** Something the user must know, where they look. Read aloud when it appears. */
export function Banner({ tone, title, children, actions, onDismiss }: BannerProps) {
  const { t } = useTranslation();
  const { look, icon: Icon, ink } = TONES[tone];
  return (
    <div
      role={tone === 'error' ? 'alert' : 'status'}
      className={classes('flex items-start gap-3 rounded-md p-3 text-ink', look)}
    >
      <Icon aria-hidden className={classes('mt-0.5 size-5 shrink-0', ink)} />
      <div className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64 text-base wrap-anywhere">
          {title ? <p className="font-semibold">{title}</p> : null}
          {children}
        </div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </div>
      {onDismiss ? (
        <IconButton icon={X} label={t('common.dismiss')} onClick={onDismiss} className="-my-1.5 -me-1.5" />
      ) : null}
    </div>
  );
}
