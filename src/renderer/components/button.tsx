import { LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes.ts';

export type ButtonTone = 'primary' | 'secondary' | 'quiet' | 'danger';

const TONES: Readonly<Record<ButtonTone, string>> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  secondary: 'border border-line-strong bg-surface text-ink hover:bg-hover',
  quiet: 'text-ink hover:bg-hover',
  danger: 'bg-danger text-on-danger hover:bg-danger-strong',
};

const SIZES = {
  small: 'min-h-8 gap-1.5 px-2.5 text-sm',
  medium: 'min-h-10 gap-2 px-4 text-base',
  large: 'min-h-14 gap-3 px-6 text-lg',
} as const;

export interface ButtonProps extends ComponentProps<'button'> {
  readonly tone?: ButtonTone;
  readonly size?: keyof typeof SIZES;
  readonly icon?: LucideIcon;
  /** Something is under way: it turns, cannot be pressed again, and keeps its focus. */
  readonly busy?: boolean;
  readonly children: ReactNode;
}

export function Button({
  tone = 'secondary',
  size = 'medium',
  icon: Icon,
  busy = false,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const Shown = busy ? LoaderCircle : Icon;
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? undefined : onClick}
      className={classes(
        'inline-flex items-center justify-center rounded-md font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-progress',
        TONES[tone],
        SIZES[size],
        className,
      )}
    >
      {Shown ? (
        <Shown aria-hidden className={classes('size-[1.15em] shrink-0', busy && 'animate-spin')} />
      ) : null}
      <span className="text-start">{children}</span>
    </button>
  );
}
