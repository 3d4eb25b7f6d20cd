import { CircleAlert } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { classes } from './classes.ts';

/** What a control inside a {@link Field} takes over. */
export interface FieldControl {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

export interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: string | null | undefined;
  /** `inline`: the control stands at the end of the line, as in lists of settings. */
  readonly layout?: 'stacked' | 'inline';
  readonly className?: string;
  readonly children: (control: FieldControl) => ReactNode;
}

/** A control with its label, a hint and what is wrong with it, tied together for screen readers. */
export function Field({ label, hint, error, layout = 'stacked', className, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const control: FieldControl = {
    id,
    'aria-describedby': [hint && hintId, error && errorId].filter(Boolean).join(' ') || undefined,
    'aria-invalid': error ? true : undefined,
  };
  const words = (
    <div className="min-w-0">
      <label htmlFor={id} className="block text-base font-medium text-ink">
        {label}
      </label>
      {hint ? (
        <p id={hintId} className="text-sm text-ink-muted">
          {hint}
        </p>
      ) : null}
    </div>
  );
  const wrong = error ? (
    <p id={errorId} role="alert" className="flex items-start gap-1.5 text-sm text-danger">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      {error}
    </p>
  ) : null;
  if (layout === 'stacked') {
    return (
      <div className={classes('flex min-w-0 flex-col gap-1.5', className)}>
        {words}
        {children(control)}
        {wrong}
      </div>
    );
  }
  return (
    <div className={classes('flex flex-col gap-1.5', className)}>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-56">{words}</div>
        <div className="max-w-full shrink-0">{children(control)}</div>
      </div>
      {wrong}
    </div>
  );
}
