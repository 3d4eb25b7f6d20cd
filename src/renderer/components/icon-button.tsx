import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { classes } from './classes.ts';
import { Tooltip } from './tooltip.tsx';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  readonly icon: LucideIcon;
  /** What it does: read aloud, and shown on hover and focus. */
  readonly label: string;
  readonly tone?: 'quiet' | 'danger';
}

export function IconButton({ icon: Icon, label, tone = 'quiet', className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={classes(
          'inline-flex size-10 shrink-0 items-center justify-center rounded-md transition-colors hover:bg-hover disabled:cursor-not-allowed disabled:opacity-50',
          tone === 'danger' ? 'text-danger' : 'text-ink-muted hover:text-ink',
          className,
        )}
      >
        <Icon aria-hidden className="size-5" />
      </button>
    </Tooltip>
  );
}
